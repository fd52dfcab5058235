"""Many runs: two workers beside one, a comparison that is stored, start-up, and the memory of a long batch."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.growth import grid
from benchmarks.measure import ZHASYL, Figure, at_least, at_most, cost, median_of

SPEED_UP, STORED_S, HELP_S, FIRST_SECOND_S, PARENT_MB = 1.9, 1.5, 0.3, 1.5, 500.0
RUNS, LONG_BATCH, SHORT_BATCH = 40, 2000, 200


def measure(rounds: int, full: bool) -> list[Figure]:
    """Throughput, stored comparisons, start-up; with `full` a batch of 2,000 runs."""
    return [*_workers(rounds), *_stored(rounds), *_start_up(rounds), _parent(LONG_BATCH if full else SHORT_BATCH)]


def _compare(out: Path, *options: str) -> list[str | Path]:
    return [*ZHASYL, "compare", "resco:cologne8", "--out", out, *options]


def _workers(rounds: int) -> list[Figure]:
    ratios = []
    for _ in range(rounds):
        seconds = []
        for jobs in ("1", "2"):
            with TemporaryDirectory() as scratch:
                options = ("--controllers", "fixed", "--seeds", f"1-{RUNS}", "--jobs", jobs)
                seconds.append(cost(_compare(Path(scratch), *options)).wall_s)
        ratios.append(seconds[0] / seconds[1])
    return [at_least(f"{RUNS} runs of cologne8: throughput of two workers / one, start-up included", ratios, SPEED_UP)]


def _stored(rounds: int) -> list[Figure]:
    with TemporaryDirectory() as scratch:
        command = _compare(Path(scratch), "--controllers", "fixed,actuated,max-pressure", "--seeds", "1-5")
        cost(command)
        again = [cost(command).wall_s for _ in range(rounds)]
        tables = [cost([*ZHASYL, "report", scratch]).wall_s for _ in range(rounds)]
        redrawn = []
        for _ in range(rounds):
            (Path(scratch) / "report.html").unlink()
            redrawn.append(cost([*ZHASYL, "report", scratch]).wall_s)
    return [
        at_most("compare with its 15 runs stored", again, STORED_S, " s"),
        at_most("a stored comparison's table (`zhasyl report`)", tables, STORED_S, " s"),
        Figure("the same with its page drawn anew", median_of(redrawn) + " s"),
    ]


def _start_up(rounds: int) -> list[Figure]:
    help_s = [cost([*ZHASYL, "--help"]).wall_s for _ in range(rounds)]
    python_s = [cost([sys.executable, "-c", "import numpy, pandas, libsumo"]).wall_s for _ in range(rounds)]
    with TemporaryDirectory() as scratch:
        config = grid(Path(scratch), side=1, end_s=1)
        one_s = [
            cost([*ZHASYL, "run", config, "--seed", str(n), "--out", f"{scratch}/out"]).wall_s for n in range(rounds)
        ]
    ratio = [mine / base for mine, base in zip(one_s, python_s, strict=True)]
    return [
        at_most("`zhasyl --help`", help_s, HELP_S, " s"),
        at_most("a whole run of one second, tables and record included", one_s, FIRST_SECOND_S, " s"),
        Figure("the same / importing numpy, pandas and libsumo", f"{sorted(ratio)[len(ratio) // 2]:.2f}"),
    ]


def _parent(runs: int) -> Figure:
    """Memory of the command that spreads the runs; the runs are short, so that their number counts."""
    with TemporaryDirectory() as scratch:
        config = grid(Path(scratch), side=1, end_s=60)
        options = ["--controllers", "fixed,max-pressure", "--seeds", f"1-{runs // 2}", "--jobs", "2"]
        spent = cost([*ZHASYL, "compare", config, *options, "--out", f"{scratch}/out"])
    what = f"batch of {runs:,} runs: peak memory of the parent (in {spent.wall_s:.0f} s)"
    return at_most(what, [spent.peak_mb], PARENT_MB, " MB")
