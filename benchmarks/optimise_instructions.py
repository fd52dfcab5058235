"""Instructions of one evaluation of the fast model, counted by valgrind where it is installed.

Counted for AVX2 (Haswell), as valgrind knows no later vectors, with which there are fewer. It is the difference of two
processes, which evaluate one plan, and that and many more, so that neither Python nor loading counts.
"""

import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.optimise.model.fast_model import FastModel
from zhasyl.optimise.plans.choices import PlanBatch

EVALUATIONS = 16
PROCESSOR = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"}
COUNTED = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


def instructions(model: FastModel, batch: PlanBatch) -> float | None:
    """Of one evaluation; None where they cannot be counted."""
    if shutil.which(COUNTED[0]) is None:
        return None
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.pickle"
        file.write_bytes(pickle.dumps((model, batch)))
        _child(file, 0, scratch, ())  # compiled here
        few, many = (_child(file, count, scratch, COUNTED) for count in (0, EVALUATIONS))
        return None if few is None or many is None else (many - few) / EVALUATIONS


def _child(file: Path, evaluations: int, scratch: str, counted: tuple[str, ...]) -> int | None:
    environment = {**os.environ, **PROCESSOR, "NUMBA_CACHE_DIR": scratch}
    command = [*counted, sys.executable, "-m", "benchmarks.optimise_instructions", str(file), str(evaluations)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    return int(found[1].replace(",", "")) if found and not done.returncode else None


def _evaluate(file: Path, evaluations: int) -> None:
    model, batch = pickle.loads(file.read_bytes())  # noqa: S301  written above
    for count in filter(None, (1, evaluations)):
        model.evaluate(PlanBatch(*(part[:count] for part in vars(batch).values())))


if __name__ == "__main__":
    _evaluate(Path(sys.argv[1]), int(sys.argv[2]))
