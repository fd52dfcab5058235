"""make bench-gate: does `zhasyl check` catch what it should, and nothing else? Written to benchmarks/gate.md.

caught     max-pressure made worse (minimum green 16 s) against itself: a try is five other seeds, the same for both
reruns     max-pressure unchanged, with other seeds than the baseline's: each pair of disjoint sets of five is a rerun
unsafe     finished runs whose table of signals says once, at a random second, that all links were green
stored     CPU seconds of `zhasyl check core` whose runs are all stored, median of five
"""

import argparse
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np

from benchmarks.measure import ZHASYL, cost
from zhasyl.controllers import parse_controller
from zhasyl.gate.baseline import Cell, Line, line_of
from zhasyl.gate.checking import RUN_FAILED, conclude, suite_specs
from zhasyl.gate.judge import judge
from zhasyl.gate.suite import Suite, read_suite
from zhasyl.process.cluster import default_jobs
from zhasyl.runs.batch import run_many
from zhasyl.runs.read_back import read_again
from zhasyl.runs.store import RunRecord

RESULT = Path(__file__).with_name("gate.md")
SETS = 5  # seeds in one
TRIES, UNSAFE_TRIES = 20, 20
CHANGED, WORSE = "max-pressure", "max-pressure:min_green_s=16"


def core(controllers: Iterable[str], seeds: Iterable[int]) -> Suite:
    """The suite core with other controllers and seeds."""
    return replace(read_suite("core"), controllers=tuple(map(parse_controller, controllers)), seeds=tuple(seeds))


def lines(suite: Suite, out: Path, jobs: int) -> dict[tuple[Cell, int], RunRecord]:
    """The records of a suite's runs by cell and seed."""
    records = run_many(suite_specs(suite, out), jobs)
    checked = conclude(suite, suite.baseline_file, {}, records)
    if checked.status == RUN_FAILED:
        raise SystemExit(f"{len(checked.failed_runs)} runs failed: {checked.failed_runs[0]['reason']}")
    return {(cell, run["seed"]): run for cell, runs in checked.records.items() for run in runs}


def cells(
    records: dict[tuple[Cell, int], RunRecord], controller: str, seeds: Sequence[int], name: str
) -> dict[Cell, Line]:
    """Lines of a controller's cells with some seeds, under another name."""
    found = {}
    for cell in dict.fromkeys(cell for cell, _ in records if cell.controller == controller):
        renamed = cell._replace(controller=name)
        found[renamed] = line_of(renamed, [records[cell, seed] for seed in seeds], "")
    return found


def set_of(number: int) -> range:
    return range(SETS * number + 1, SETS * number + SETS + 1)


def caught(out: Path, jobs: int) -> str:
    suite = core([CHANGED, WORSE], range(1, SETS * TRIES + 1))
    records = lines(suite, out, jobs)
    delays_s = {cell: statistics.fmean(records[cell, seed]["delay_s"] for seed in suite.seeds) for cell, _ in records}
    rises = {
        cell.scenario: delays_s[cell._replace(controller=WORSE)] / delay_s - 1
        for cell, delay_s in delays_s.items()
        if cell.controller == CHANGED
    }
    tries = [
        judge(
            cells(records, CHANGED, set_of(number), CHANGED),
            cells(records, WORSE, set_of(number), CHANGED),
            suite.tolerances,
        )
        for number in range(TRIES)
    ]
    found = sum(any(one.fails for one in judged) for judged in tries)
    by_delay = sum(any(one.fails and one.measure == "delay_s" for one in judged) for judged in tries)
    told = ", ".join(f"{name} {100 * rise:+.1f} %" for name, rise in rises.items())
    return (
        f"| a changed controller is caught ({told} of delay over {len(suite.seeds)} seeds) | 19 of 20 | "
        f"{found} of {TRIES} ({by_delay} by delay) |"
    )


def reruns(out: Path, jobs: int) -> str:
    suite = core([CHANGED], range(1, SETS * TRIES + 1))
    records = lines(suite, out, jobs)
    made = [cells(records, CHANGED, set_of(number), CHANGED) for number in range(TRIES)]
    failed = [any(one.fails for one in judge(before, now, suite.tolerances)) for before, now in permutations(made, 2)]
    return (
        f"| of reruns with other seeds fail ({len(made[0])} cells, {len(suite.tolerances)} measures) | 1 of 100 | "
        f"{sum(failed)} of {len(failed)} |"
    )


def unsafe(out: Path, jobs: int) -> str:
    suite = core([CHANGED], range(1, UNSAFE_TRIES // 2 + 1))
    records = list(lines(suite, out, jobs).values())
    random = np.random.default_rng(1)
    found = 0
    for spec, record in zip(suite.specs(out), records, strict=True):
        table = record.table("signals").astype({"state": object})
        row = int(random.integers(len(table)))
        table.loc[row, "state"] = "G" * len(str(table.loc[row, "state"]))
        planted = RunRecord({**record.values, **read_again(_With(record, table))}, record.folder)
        seeded = replace(suite, seeds=(record["seed"],), scenarios=(spec.scenario,), names=(spec.scenario.id,))
        found += conclude(seeded, suite.baseline_file, {}, [planted]).status == 1
    return f"| a planted unsafe state is caught | always | {found} of {len(records)} |"


class _With(RunRecord):
    """A record with another table of signals."""

    def __init__(self, record: RunRecord, signals: object) -> None:
        super().__init__(record.values, record.folder)
        object.__setattr__(self, "signals", signals)

    def table(self, name: str) -> object:  # type: ignore[override]
        return self.signals if name == "signals" else super().table(name)  # type: ignore[attr-defined]


def stored(out: Path) -> str:
    command = [*ZHASYL, "check", "core", "--out", str(out)]
    cost(command)
    seconds = [cost(command).cpu_s for _ in range(5)]
    return f"| a suite whose runs are stored answers, CPU s | 2 | {statistics.median(seconds):.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/bench-gate"))
    parser.add_argument("--jobs", type=int, default=default_jobs())
    options = parser.parse_args()
    rows = [caught(options.out, options.jobs), reruns(options.out, options.jobs), unsafe(options.out, options.jobs)]
    rows.append(stored(options.out))
    head = f"# The regression gate\n\n```text\n{(__doc__ or '').partition(chr(10))[2].strip()}\n```\n"
    RESULT.write_text("\n".join([head, "| what | asked | measured |", "|---|---|---|", *rows]) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
