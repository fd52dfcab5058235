"""make bench-cells: rolling-horizon beside plans and actuated control over Almaty's day, and beyond capacity.

day        abay-seifullin, abay-nazarbayev, abay-corridor and downtown-grid, each of their periods, demand 0.8, 1, 1.2
overload   abay-corridor, downtown-grid, grid4x4 and two made-up grids with short blocks at demand 1.3

Delay is `delay_s`, of all planned trips, finished or not. A cell's rival is the one with the least mean delay of its
seeds, chosen after the runs: that is to the rival's good. Differences are paired by seed, intervals Student's t at
95 %, p-values Holm's over all cells of the table. Runs are stored in --out; what is there is not run again. With
--write nothing is run, and the page has the cells of which every run is there.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generated_load import Grid, made_grid
from benchmarks.quality import mean
from zhasyl import RunRecord, Scenario, load_scenario, run_many
from zhasyl.controllers import parse_controller
from zhasyl.optimise.statistics.intervals import CONFIDENCE, holm, student_t
from zhasyl.process.cluster import default_jobs
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import load_record
from zhasyl.scenarios.periods import periods_of
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.text.values import parse_seeds

RESULT = Path(__file__).with_name("cells.md")
OURS = "rolling-horizon"
DAY_RIVALS = ("fixed", "webster", "actuated", "green-wave")
OVERLOAD_RIVALS = ("webster", "green-wave", "degree-of-saturation")
DAY = ("abay-seifullin", "abay-nazarbayev", "abay-corridor", "downtown-grid")
DEMANDS = (0.8, 1.0, 1.2)
OVERLOAD = 1.3
GRIDS = {
    "blocks-90": Grid(across=5, along=3, block_m=90, lanes=2, per_h=7500, fringe=10.0, seed=21),
    "blocks-110": Grid(across=4, along=4, block_m=110, lanes=1, per_h=3600, fringe=10.0, seed=22),
}


@dataclass(frozen=True)
class Cell:
    """A scenario at a demand, and whom `rolling-horizon` meets there."""

    name: str
    period: str
    demand: float
    rivals: tuple[str, ...]
    scenario: Scenario


def day(networks: Sequence[str]) -> Iterator[Cell]:
    """The cells of Almaty's day."""
    for name in (one for one in DAY if one in networks):
        scenario = load_scenario(name)
        for period in periods_of(scenario):
            for demand in DEMANDS:
                variant = parse_variant(f"period={period.name},demand_scale={demand:g}")
                yield Cell(name, period.name, demand, DAY_RIVALS, vary(scenario, variant))


def overload(networks: Sequence[str], folder: Path) -> Iterator[Cell]:
    """The cells beyond capacity."""
    scale = parse_variant(f"demand_scale={OVERLOAD:g}")
    for name in ("abay-corridor", "downtown-grid", "resco:grid4x4", *GRIDS):
        if name in networks:
            path = made_grid(folder / name, GRIDS[name]) if name in GRIDS else name
            yield Cell(name.removeprefix("resco:"), "", OVERLOAD, OVERLOAD_RIVALS, vary(load_scenario(path), scale))


@dataclass(frozen=True)
class Outcome:
    """What a cell's runs say."""

    cell: Cell
    by_label: dict[str, list[RunRecord]]

    @property
    def rival(self) -> str:
        return min(self.cell.rivals, key=lambda label: mean(self.by_label[label], "delay_s"))

    @property
    def ratio(self) -> float:
        return mean(self.by_label[OURS], "delay_s") / mean(self.by_label[self.rival], "delay_s")

    @property
    def differences_s(self) -> list[float]:
        pairs = zip(self.by_label[OURS], self.by_label[self.rival], strict=True)
        return [float(ours["delay_s"]) - float(theirs["delay_s"]) for ours, theirs in pairs]


def outcome(cell: Cell, seeds: Sequence[int], out: Path, *, run: bool) -> Outcome | None:
    """The cell's records, simulated if they are not stored and `run`; None if some are missing."""
    controllers = {label: parse_controller(label) for label in (*cell.rivals, OURS)}
    specs = [RunSpec(cell.scenario, one, seed, out, emissions=0.0) for one in controllers.values() for seed in seeds]
    if run:
        run_many(specs, default_jobs())
    stored = (load_record(spec.folder, tables=False) for spec in specs)
    found = [record for record in stored if record is not None and record.done]
    if len(found) < len(specs):
        return None
    return Outcome(cell, {label: [one for one in found if one["label"] == label] for label in controllers})


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A table of cells, and what they say together."""
    found = [student_t(one.differences_s, CONFIDENCE) for one in outcomes]
    worse = holm([one.p_value for one in found])
    lines = [
        "| network | period | demand | best rival | its delay, s | rolling-horizon, s | ratio | difference, s "
        "| p (Holm) | arrived, ratio | gridlocked: rival, own |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one, interval, p_value in zip(outcomes, found, worse, strict=True):
        ours, theirs = one.by_label[OURS], one.by_label[one.rival]
        lines.append(
            f"| {one.cell.name} | {one.cell.period or '–'} | {one.cell.demand:g} | {one.rival} "
            f"| {mean(theirs, 'delay_s'):.1f} | {mean(ours, 'delay_s'):.1f} | {one.ratio:.2f} "
            f"| {interval.low:.1f} to {interval.high:.1f} | {p_value:.3f} "
            f"| {mean(ours, 'arrived_veh') / mean(theirs, 'arrived_veh'):.3f} "
            f"| {sum(r['gridlocked'] for r in theirs)}, {sum(r['gridlocked'] for r in ours)} of {len(ours)} |"
        )
    geometric = math.exp(sum(math.log(one.ratio) for one in outcomes) / len(outcomes))
    means_s = [sum(one.differences_s) for one in outcomes]
    lost = sum(p <= 1 - CONFIDENCE and worst > 0 for p, worst in zip(worse, means_s, strict=True))
    return [*lines, "", f"{len(outcomes)} cells: geometric mean {geometric:.3f}, highest "
            f"{max(one.ratio for one in outcomes):.2f}, worse after Holm's correction: {lost}."]  # fmt: skip


def main() -> None:
    """Run what is not stored in --out and print it, or write benchmarks/cells.md of what is stored."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=[*DAY, "resco:grid4x4", *GRIDS])
    parser.add_argument("--seeds", default="1-8")
    parser.add_argument("--only", choices=("day", "overload"))
    parser.add_argument("--out", type=Path, default=Path("results-cells"))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    out, seeds = asked.out.resolve(), parse_seeds(asked.seeds)
    parts = {"day": day(asked.networks), "overload": overload(asked.networks, out / "networks")}
    page = ["# Over the day and beyond capacity", "",
            f"`make bench-cells`, seeds {asked.seeds}; benchmarks/cells.py says how."]  # fmt: skip
    for title, cells in parts.items():
        if asked.only not in (None, title):
            continue
        outcomes = []
        for cell in cells:
            found = outcome(cell, seeds, out, run=not asked.write)
            if found:
                outcomes.append(found)
                print(table([found])[2], flush=True)
        if outcomes:
            page += ["", f"## {title.capitalize()}", "", *table(outcomes)]
    print("\n".join(page))
    if asked.write:
        RESULT.write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
