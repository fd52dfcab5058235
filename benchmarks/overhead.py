"""One run beside bare `sumo` that writes its trips alone, on the same inputs: work (benchmarks/work.py) and memory.

A command is warmed up once before it is counted, so that nothing is compiled and the network is in the compile cache.
"""

import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Figure, at_most, bare, bare_command, info, ours
from benchmarks.work import counter, work
from zhasyl.sumo.home import sumo_environment

SHARE = "10%"
FIXED = {"resco:ingolstadt21": (1.18, 1.45), "resco:cologne8": (1.60, 1.95)}  # with a share of the emissions, with all
OVER_FIXED = {"max-pressure": 0.15, "actuated": 0.35}
ON, FOR_INFORMATION, MEMORY_LIMIT_MB = "resco:cologne8", "rolling-horizon", 100.0


def measure(rounds: int, full: bool) -> list[Figure]:
    """The figures of one run; `full` changes nothing here."""
    rounds = min(rounds, counter().rounds)
    figures: list[Figure] = []
    for name, limits in FIXED.items():
        plain = _plain(name, rounds)
        for emissions, limit in zip((SHARE, "all"), limits, strict=True):
            fixed = _run(name, "fixed", emissions, rounds) / plain
            figures.append(at_most(f"{name}, fixed, emissions {emissions} / bare, trips only", [fixed], limit))
        if name == ON:
            for controller, limit in OVER_FIXED.items():
                more = _run(name, controller, "all", rounds) / plain - fixed
                figures.append(at_most(f"{name}, {controller}, over fixed", [more], limit))
            figures.append(info(f"{name}, {FOR_INFORMATION}", [_run(name, FOR_INFORMATION, "all", rounds) / plain]))
    return [*figures, _memory()]


def _plain(name: str, rounds: int) -> float:
    with TemporaryDirectory() as scratch:
        command = bare_command(name, Path(scratch), plain=True)
        return statistics.median(work(command, sumo_environment()) for _ in range(rounds))


def _run(name: str, controller: str, emissions: str, rounds: int) -> float:
    with TemporaryDirectory() as scratch:
        options = ["--controller", controller, "--emissions", emissions, "--out", scratch, "--json", "--rerun"]
        command = [sys.executable, "-m", "zhasyl", "run", name, *options]
        ours(name, controller, Path(scratch))
        return statistics.median(work(command) for _ in range(rounds))


def _memory() -> Figure:
    with TemporaryDirectory() as scratch:
        base_mb = bare(ON, Path(scratch)).peak_mb
        own_mb = ours(ON, "max-pressure", Path(scratch) / "out")[0].peak_mb
    return at_most(f"{ON}, max-pressure: peak memory − bare sumo's", [own_mb - base_mb], MEMORY_LIMIT_MB, " MB")
