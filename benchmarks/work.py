"""The work of a command: instructions where they can be counted, else CPU seconds.

perf counts those of all processes together. Where the machine hides the counters from it, valgrind does, some twenty
times slower: of the process with the most, which has what its parent did before it was forked. It knows no AVX-512,
which Arrow is then asked not to use. CPU seconds are of all processes that were waited for, and wander by half on a
shared machine.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import BenchmarkError, cost

PERF = ("perf", "stat", "-x,", "-e", "instructions:u")
VALGRIND = (
    "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--trace-children=yes",
)  # fmt: skip


class Counter(NamedTuple):
    """How work is counted here, and how often it has to be for a figure."""

    name: str
    unit: str
    rounds: int


@cache
def counter() -> Counter:
    """perf, valgrind or CPU seconds."""
    if shutil.which(PERF[0]) and _counted((*PERF, "true"), r"^(\d+),"):
        return Counter("perf", "instructions", 1)
    if shutil.which(VALGRIND[0]):
        return Counter("valgrind", "instructions", 1)
    return Counter("cpu", "CPU seconds", 5)


def work(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> float:
    """Billions of instructions, or CPU seconds. Raises BenchmarkError if the command fails."""
    way = counter().name
    own = {**os.environ, **(environment or {}), "PYTHONDONTWRITEBYTECODE": ""}
    if way == "valgrind":
        own["ARROW_USER_SIMD_LEVEL"] = "AVX2"
    if way == "cpu":
        return cost(command, own).cpu_s
    prefix, pattern = (PERF, r"^(\d+),") if way == "perf" else (VALGRIND, r"I\s+refs:\s+([\d,]+)")
    found = _counted((*prefix, *map(str, command)), pattern, own)
    if not found:
        raise BenchmarkError(f"{way} counts nothing for {' '.join(map(str, command))}")
    return max(found) / 1e9


def _counted(command: Sequence[str], pattern: str, environment: Mapping[str, str] | None = None) -> list[int]:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return []
    return [int(number.replace(",", "")) for number in re.findall(pattern, done.stderr, re.MULTILINE)]
