"""Generated networks from light load to far beyond capacity: what variants of a controller are chosen on.

cross      one junction with four stages, lefts protected, at 0.8 to 1.1 of what a plan of 120 s carries
corridor   six signals in a row 250 m apart, a busy main road, near saturation
blocks     4 x 4 and 3 x 6 signals with blocks of 80 to 120 m, two lanes or one, at more than they can serve
grid       4 x 4 signals with blocks of 200 m at about 0.6

None is one that the controllers are measured on. Trips planned and never served count with the delay they have
suffered (docs/measures.md). Controllers, or one with a rule off (`busy_ratio=10`), are compared with the first one:

    python -m benchmarks.generated_load rolling-horizon rolling-horizon:busy_ratio=10 webster --seeds 1-8
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from zhasyl import load_scenario, run_many
from zhasyl.controllers import parse_controller
from zhasyl.optimise.statistics.intervals import CONFIDENCE, student_t
from zhasyl.process.cluster import default_jobs
from zhasyl.runs.spec import RunSpec
from zhasyl.sumo.home import sumo_binary, sumo_environment, sumo_home
from zhasyl.text.values import parse_seeds

END_S = 1800
CROSS = """\
approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph,walkers_ph,distance_m
EB,Main street,left|straight|straight+right,2,3.5,60,{0},{1},{2},20,500
WB,Main street,left|straight|straight+right,2,3.5,60,{3},{4},{5},20,500
NB,Cross street,left|straight+right,1,3.5,60,{6},{7},{8},20,500
SB,Cross street,left|straight+right,1,3.5,60,{9},{10},{11},20,500
"""
CROSS_VPH = (130, 760, 90, 190, 700, 80, 150, 430, 90, 260, 360, 80)
"""By arm left, straight, right: at a load of 1 a cycle of 120 s that loses 7 s a stage carries just this."""


@dataclass(frozen=True)
class Grid:
    """netgenerate's grid with random trips; `per_h` vehicles enter an hour, `fringe` times as many at the edge."""

    across: int
    along: int
    block_m: int
    lanes: int
    per_h: int
    fringe: float
    seed: int


GRIDS = {
    "corridor": Grid(6, 1, 250, 2, 5200, 1.0, 1),
    "blocks-100": Grid(4, 4, 100, 2, 9600, 10.0, 2),
    "blocks-80": Grid(3, 6, 80, 1, 3400, 10.0, 3),
    "grid-200": Grid(4, 4, 200, 2, 3600, 10.0, 4),
}
CROSSES = {"cross-0.80": 0.80, "cross-0.90": 0.90, "cross-0.95": 0.95, "cross-1.10": 1.10}


def made(folder: Path) -> dict[str, str]:
    """Make those of the networks that are not in the folder; name → path of its scenario."""
    found = {name: _once(folder / name, partial(_cross, load=load), "scenario.toml") for name, load in CROSSES.items()}
    return found | {name: made_grid(folder / name, grid) for name, grid in GRIDS.items()}


def made_grid(folder: Path, grid: Grid) -> str:
    """Path of the grid's scenario, made if it is not in the folder."""
    return _once(folder, partial(_grid, grid=grid), "grid.sumocfg")


def _once(folder: Path, make: Callable[[Path], None], file: str) -> str:
    if not (folder / file).exists():
        make(folder)
    return str(folder / file)


def _cross(folder: Path, load: float) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    table = folder.parent / f"{folder.name}.csv"
    table.write_text(CROSS.format(*(round(load * vph) for vph in CROSS_VPH)), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "zhasyl", "scenario", "new", table, "--out", folder], check=True, capture_output=True
    )
    for file in (folder / "scenario.toml", folder / "profile.csv"):
        shorter = file.read_text(encoding="utf-8").replace(str(900 + 3600), str(900 + END_S))
        file.write_text(shorter, encoding="utf-8")


def _grid(folder: Path, grid: Grid) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tool = partial(subprocess.run, env=sumo_environment(), check=True, capture_output=True, cwd=folder)
    tool([
        sumo_binary("netgenerate"), "--grid", f"--grid.x-number={grid.across}", f"--grid.y-number={grid.along}",
        f"--grid.length={grid.block_m}", "--grid.attach-length=300", "--default-junction-type=traffic_light",
        f"--default.lanenumber={grid.lanes}", "--no-turnarounds", f"--seed={grid.seed}", "--output-file=grid.net.xml",
    ])  # fmt: skip
    tool([
        sys.executable, sumo_home() / "tools" / "randomTrips.py", "--net-file=grid.net.xml", f"--seed={grid.seed}",
        f"--end={END_S}", f"--insertion-rate={grid.per_h}", f"--fringe-factor={grid.fringe}", "--min-distance=300",
        "--random-depart", "--random-routing-factor=1.5", "--route-file=grid.rou.xml", "--validate",
    ])  # fmt: skip
    (folder / "grid.sumocfg").write_text(
        '<configuration><input><net-file value="grid.net.xml"/><route-files value="grid.rou.xml"/></input>'
        f'<time><begin value="0"/><end value="{END_S}"/></time></configuration>',
        encoding="utf-8",
    )


def row(name: str, path: str, controllers: list[str], seeds: list[int], out: Path) -> str:
    """A network's delay under the first controller, and what the others add to it: mean and 95 % interval, by seed."""
    scenario = load_scenario(path)
    cells, first_s = [name], list[float]()
    for text in controllers:
        specs = [RunSpec(scenario, parse_controller(text), seed, out, emissions=0.0) for seed in seeds]
        records = run_many(specs, default_jobs())
        delays_s = [float(record["delay_s"]) for record in records]
        locked = sum(bool(record["gridlocked"]) for record in records)
        first_s = first_s or delays_s
        added_s = [own - other for own, other in zip(delays_s, first_s, strict=True)]
        if text == controllers[0]:
            cells.append(f"{sum(delays_s) / len(seeds):.1f}; {locked}")
        else:
            found = student_t(added_s, CONFIDENCE)
            cells.append(f"{sum(added_s) / len(seeds):+.1f} ({found.low:+.1f} to {found.high:+.1f}); {locked}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run what is not stored in --out and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("controllers", nargs="+")
    parser.add_argument("--seeds", default="1-8")
    parser.add_argument("--networks", nargs="+", default=[*CROSSES, *GRIDS])
    parser.add_argument("--out", type=Path, default=Path("results-generated-load"))
    asked = parser.parse_args()
    out, seeds = asked.out.resolve(), list(parse_seeds(asked.seeds))
    places = made(out / "networks")
    print(f"| delay, s; gridlocked of {len(seeds)} | {' | '.join(asked.controllers)} |")
    print("|---" * (len(asked.controllers) + 1) + "|")
    for name in asked.networks:
        print(row(name, places[name], asked.controllers, seeds, out), flush=True)


if __name__ == "__main__":
    main()
