"""Many runs at a time: throughput of two workers, memory of the process that spreads them.

What two workers can gain is bounded by the machine: beside it stands what two bare `sumo` side by side gain over
one after the other, and the part of the command that no worker shares (start-up, tables, the page).
"""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ZHASYL, Cost, Figure, at_least, at_most, bare, cost, divided, info
from benchmarks.synthetic import grid

SPEED_UP, PARENT_MB = 1.9, 500.0
NAME, RUNS = "resco:cologne8", 40
LONG_BATCH, SHORT_BATCH, BASE_BATCH = 2000, 200, 20
BARE_RUNS = 8


def measure(rounds: int, full: bool) -> list[Figure]:
    """Throughput of two workers and memory of the parent; with `full` that of 2,000 runs."""
    return [*_workers(rounds), *_parent(LONG_BATCH if full else SHORT_BATCH)]


def _compare(scenario: str, out: Path, controllers: str, seeds: int, jobs: int) -> Cost:
    options = ["--controllers", controllers, "--seeds", f"1-{seeds}", "--jobs", str(jobs), "--out", str(out)]
    return cost([*ZHASYL, "compare", scenario, *options])


def _workers(rounds: int) -> list[Figure]:
    one_s, two_s, serial_s, machine, family_mb = [], [], [], [], []
    for _ in range(rounds):
        with TemporaryDirectory() as scratch:
            one_s.append(_compare(NAME, Path(scratch), "fixed", RUNS, 1).wall_s)
        with TemporaryDirectory() as scratch:
            two = _compare(NAME, Path(scratch), "fixed", RUNS, 2)
            (Path(scratch) / "report.html").unlink()
            serial_s.append(_compare(NAME, Path(scratch), "fixed", RUNS, 2).wall_s)
        two_s.append(two.wall_s)
        family_mb.append(two.family_peak_mb)
        machine.append(_machine())
    runs_only = divided([o - s for o, s in zip(one_s, serial_s, strict=True)],
                        [t - s for t, s in zip(two_s, serial_s, strict=True)])  # fmt: skip
    what = f"{RUNS} runs of {NAME}"
    return [
        at_least(f"{what}: throughput of two workers / one, start-up included", divided(one_s, two_s), SPEED_UP),
        info("the same of bare sumo: what this machine's two cores gain", machine),
        info("the same without the part that is no run", runs_only),
        info("that part: start-up, tables and page of stored runs", serial_s, " s"),
        info(f"{what}: with two workers", two_s, " s"),
        info(f"{what}: greatest memory of any process, workers included", family_mb, " MB"),
    ]


def _machine() -> float:
    """Throughput of bare `sumo` twice at a time over once at a time."""

    def runs(number: int) -> None:
        for _ in range(number):
            with TemporaryDirectory() as scratch:
                bare(NAME, Path(scratch))

    began = time.perf_counter()
    runs(BARE_RUNS)
    between = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(runs, [BARE_RUNS // 2] * 2))
    return (between - began) / (time.perf_counter() - between)


def _parent(runs: int) -> list[Figure]:
    """Memory of the command that spreads the runs; they are short, so that their number counts."""
    with TemporaryDirectory() as scratch:
        config = grid(Path(scratch), side=1, end_s=60)
        few = _compare(config, Path(scratch) / "few", "fixed,max-pressure", BASE_BATCH // 2, 2)
        many = _compare(config, Path(scratch) / "many", "fixed,max-pressure", runs // 2, 2)
    growth_kb = 1024 * (many.peak_mb - few.peak_mb) / (runs - BASE_BATCH)
    what = f"batch of {runs:,} runs"
    extrapolated = many.peak_mb + growth_kb / 1024 * (LONG_BATCH - runs)
    figures = [
        at_most(f"{what}: peak memory of the parent (in {many.wall_s:.0f} s)", [many.peak_mb], PARENT_MB, " MB"),
        info(f"{what}: growth of the parent per run beyond {BASE_BATCH}", [growth_kb], " kB"),
        info(f"{what}: greatest memory of any process, workers included", [many.family_peak_mb], " MB"),
    ]
    if runs < LONG_BATCH:
        figures.append(info(f"{LONG_BATCH:,} runs at that growth, not measured (--full does)", [extrapolated], " MB"))
    return figures
