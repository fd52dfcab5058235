"""How cost grows with the network: square grids of signals, demand in proportion, beside bare `sumo`'s own growth."""

import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.measure import Figure, at_most, bare, median_of, ours
from zhasyl.simulation import RAW_TRIPS
from zhasyl.store import load_records
from zhasyl.sumo_home import sumo_binary, sumo_environment, sumo_home

SIDES = (4, 8, 16)  # 16, 64 and 256 signals
CITY_SIDE = 25  # 625 signals: the size of Almaty's 642
LIMIT, MEMORY_LIMIT_MB = 1.2, 150.0
VEHICLES_PER_SIGNAL_H = 60
END_S = 1800


def grid(folder: Path, side: int, end_s: int = END_S) -> str:
    """Make a grid of side × side signals with random trips; answers the path of its .sumocfg."""
    tool = partial(subprocess.run, env=sumo_environment(), check=True, capture_output=True, cwd=folder)
    tool([
        sumo_binary("netgenerate"), "--grid", f"--grid.number={side}", "--grid.length=200", "--grid.attach-length=200",
        "--default-junction-type=traffic_light", "--default.lanenumber=2", "--no-turnarounds", "--seed=1",
        "--output-file=grid.net.xml"])  # fmt: skip
    vehicles_per_h = VEHICLES_PER_SIGNAL_H * side * side
    tool([
        sys.executable, sumo_home() / "tools" / "randomTrips.py", "--net-file=grid.net.xml", "--seed=1",
        f"--end={max(end_s, 2)}", f"--period={3600 / vehicles_per_h:.6f}", "--fringe-factor=5",
        "--min-distance=300", "--route-file=grid.rou.xml", "--validate"])  # fmt: skip
    config = folder / "grid.sumocfg"
    config.write_text(
        '<configuration><input><net-file value="grid.net.xml"/><route-files value="grid.rou.xml"/></input>'
        f'<time><begin value="0"/><end value="{end_s}"/></time></configuration>',
        encoding="utf-8",
    )
    return str(config)


@dataclass(frozen=True)
class Size:
    """What was measured of one grid, a value a round."""

    run: list[float] = field(default_factory=list)  # wall time of our run per vehicle-second / bare sumo's
    command: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)


def measure(rounds: int, full: bool) -> list[Figure]:
    """Our cost per vehicle-second over bare sumo's at each size, and how that grows from the smallest."""
    sizes = {side: Size() for side in ((*SIDES, CITY_SIDE) if full else SIDES)}
    with TemporaryDirectory() as scratch:
        configs = {}
        for side in sizes:
            (Path(scratch) / str(side)).mkdir()
            configs[side] = grid(Path(scratch) / str(side), side)
        for _ in range(rounds):
            for side, size in sizes.items():
                _measure(configs[side], size)
    first = sizes[SIDES[0]]
    figures = []
    for side, size in sizes.items():
        signals = side * side
        figures.append(Figure(f"{signals} signals, max-pressure: command / bare sumo", median_of(size.command)))
        figures.append(at_most(f"{signals} signals: peak memory − bare sumo's", size.memory_mb, MEMORY_LIMIT_MB, " MB"))
        if size is not first:
            growth = [now / then for now, then in zip(size.run, first.run, strict=True)]
            what = f"{SIDES[0] ** 2} to {signals} signals: growth per vehicle-second beyond bare sumo's"
            figures.append(at_most(what, growth, LIMIT))
    return figures


def _measure(config: str, size: Size) -> None:
    with TemporaryDirectory() as scratch:
        outputs, out = Path(scratch) / "bare", Path(scratch) / "ours"
        outputs.mkdir()
        base = bare(config, outputs)
        mine = ours(config, "max-pressure", out)
        record = load_records(out)[0]
        trips = record.table("trips")
        theirs = pd.read_parquet(outputs / RAW_TRIPS)["tripinfo_duration"].astype(float)
    departed = trips[trips["departed"]]
    own_s = float((departed["arrival_s"].where(departed["arrived"], record["end_s"]) - departed["depart_s"]).sum())
    size.run.append((record["wall_s"] / own_s) / (base.wall_s / float(theirs[theirs > 0].sum())))
    size.command.append(mine.wall_s / base.wall_s)
    size.memory_mb.append(mine.peak_mb - base.peak_mb)
