"""One run beside bare `sumo` on the same inputs, in turn: wall time, Python's share, memory.

Bare `sumo` writes the same outputs as our run, unless `trips only` is said. `run` is what the record says
(`wall_s`: reading the network to the last table), `command` the whole process with Python's start-up.
"""

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Figure, at_most, bare, divided, info, ours

JUDGED = "resco:ingolstadt21"  # long enough that start-up does not hide the rest
FOR_INFORMATION = ("resco:cologne8", "abay-seifullin")
CONTROLLERS = ("fixed", "actuated", "max-pressure")
FIXED_LIMIT, PYTHON_LIMIT_PERCENT, MEMORY_LIMIT_MB = 1.15, 15.0, 150.0

Series = defaultdict[str, list[float]]


def measure(rounds: int, full: bool) -> list[Figure]:
    """Wall time, share of Python and memory of a run; `full` changes nothing here."""
    figures = []
    for name in (JUDGED, *FOR_INFORMATION):
        figures += _figures(name, _series(name, rounds), judged=name == JUDGED)
    return figures


def _series(name: str, rounds: int) -> Series:
    """One value a round under each heading."""
    values: Series = defaultdict(list)
    for _ in range(rounds):
        with TemporaryDirectory() as scratch:
            base = bare(name, Path(scratch))
        with TemporaryDirectory() as scratch:
            values["plain"].append(bare(name, Path(scratch), plain=True).wall_s)
        values["bare"].append(base.wall_s)
        for controller in CONTROLLERS:
            with TemporaryDirectory() as scratch:
                mine, record = ours(name, controller, Path(scratch))
            control_s, sumo_s = record["control_s"], record["sumo_s"]
            values[f"{controller} command"].append(mine.wall_s)
            values[f"{controller} run"].append(record["wall_s"])
            values[f"{controller} cpu"].append(mine.cpu_s / base.cpu_s)
            values[f"{controller} of run"].append(100 * control_s / record["wall_s"])
            values[f"{controller} of loop"].append(100 * control_s / (control_s + sumo_s))
            values[f"{controller} memory"].append(mine.peak_mb - base.peak_mb)
    return values


def _figures(name: str, values: Series, judged: bool) -> list[Figure]:
    fixed, pressure = f"{name}, fixed", f"{name}, max-pressure"
    base, run = values["bare"], divided(values["fixed run"], values["bare"])
    share, memory_mb = values["max-pressure of run"], values["max-pressure memory"]
    said = f"{fixed}: run with all measures / bare sumo"
    of_run, memory = f"{pressure}: Python's share of the run", f"{pressure}: peak memory − bare sumo's"
    of_loop, loop = f"{pressure}: Python's share of deciding and stepping", values["max-pressure of loop"]
    return [
        at_most(said, run, FIXED_LIMIT) if judged else info(said, run),
        *(info(f"{name}, {c}: command / bare sumo", divided(values[f"{c} command"], base)) for c in CONTROLLERS),
        info(f"{fixed}: command / bare sumo, CPU time", values["fixed cpu"]),
        info(f"{fixed}: command / bare sumo, trips only", divided(values["fixed command"], values["plain"])),
        at_most(of_run, share, PYTHON_LIMIT_PERCENT, " %") if judged else info(of_run, share, " %"),
        at_most(of_loop, loop, PYTHON_LIMIT_PERCENT, " %") if judged else info(of_loop, loop, " %"),
        at_most(memory, memory_mb, MEMORY_LIMIT_MB, " MB") if judged else info(memory, memory_mb, " MB"),
    ]
