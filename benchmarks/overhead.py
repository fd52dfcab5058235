"""One run beside bare `sumo` on the same inputs, in turn."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Figure, at_most, bare, median_of, ours
from zhasyl.store import load_records

MEASURED = "resco:ingolstadt21"  # long enough that start-up does not hide the rest
FOR_INFORMATION = ("resco:cologne8", "abay-seifullin")
FIXED_LIMIT, PYTHON_LIMIT_PERCENT, MEMORY_LIMIT_MB = 1.15, 15.0, 150.0


def measure(rounds: int) -> list[Figure]:
    """Wall time, share of Python and memory of a run."""
    figures = _scenario(MEASURED, rounds, judged=True)
    for name in FOR_INFORMATION:
        figures += _scenario(name, rounds, judged=False)
    return figures


def _scenario(name: str, rounds: int, judged: bool) -> list[Figure]:
    run: list[float] = []
    whole: dict[str, list[float]] = {"fixed": [], "actuated": [], "max-pressure": []}
    plain: list[float] = []
    python: list[float] = []
    memory_mb: list[float] = []
    for _ in range(rounds):
        with TemporaryDirectory() as scratch:
            base = bare(name, Path(scratch))
        with TemporaryDirectory() as scratch:
            without = bare(name, Path(scratch), plain=True)
        for controller, ratios in whole.items():
            with TemporaryDirectory() as scratch:
                mine = ours(name, controller, Path(scratch))
                record = load_records(Path(scratch))[0]
            ratios.append(mine.wall_s / base.wall_s)
            memory_mb.append(mine.peak_mb - base.peak_mb)
            if controller == "fixed":
                run.append(record["wall_s"] / base.wall_s)
                plain.append(mine.wall_s / without.wall_s)
            if controller == "max-pressure":
                python.append(100 * record["control_s"] / record["wall_s"])
    if not judged:
        return [Figure(f"{name}, {key}: command / bare sumo", median_of(ratios)) for key, ratios in whole.items()]
    return [
        at_most(f"{name}, fixed: run with all measures / bare sumo with the same outputs", run, FIXED_LIMIT),
        Figure(f"{name}, fixed: whole command, start-up included / the same", median_of(whole["fixed"])),
        Figure(f"{name}, fixed: whole command / bare sumo that writes its trips only", median_of(plain)),
        at_most(f"{name}, max-pressure: Python's share of the run", python, PYTHON_LIMIT_PERCENT, " %"),
        Figure(f"{name}, max-pressure: whole command / bare sumo", median_of(whole["max-pressure"])),
        Figure(f"{name}, actuated: whole command / bare sumo", median_of(whole["actuated"])),
        at_most(f"{name}: peak memory of a run's process − bare sumo's", memory_mb, MEMORY_LIMIT_MB, " MB"),
    ]
