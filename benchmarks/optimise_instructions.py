"""Instructions of one evaluation of the fast model, counted by valgrind where it is installed.

Counted for AVX2 (Haswell), as valgrind knows no later vectors, with which there are fewer. It is the difference of two
processes, of which one evaluates one plan and the other many more, so that neither Python nor loading counts. As in a
search, plans are evaluated by the batch; one alone takes as long as eight that share vectors.
"""

import math
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

SIGNALS = 8000  # evaluations times signals: starts of Python differ by some millions of instructions
PROCESSOR = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"}
STEADY = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
COUNTED = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


def instructions(model: FastModel, batch: PlanBatch) -> float | None:
    """Of one evaluation; None where they cannot be counted."""
    if shutil.which(COUNTED[0]) is None:
        return None
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.pickle"
        file.write_bytes(pickle.dumps((model, batch)))
        _child(file, 0, scratch, ())  # compiled here
        rounds = math.ceil(SIGNALS / batch.sequence.size)
        few, many = (_child(file, count, scratch, COUNTED) for count in (0, rounds))
        return None if few is None or many is None else (many - few) / rounds / len(batch)


def _child(file: Path, rounds: int, scratch: str, counted: tuple[str, ...]) -> int | None:
    environment = {**os.environ, **PROCESSOR, **STEADY, "NUMBA_CACHE_DIR": scratch}
    command = [*counted, sys.executable, "-m", "benchmarks.optimise_instructions", str(file), str(rounds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    return int(found[1].replace(",", "")) if found and not done.returncode else None


def _evaluate(file: Path, rounds: int) -> None:
    model, batch = pickle.loads(file.read_bytes())  # noqa: S301  written above
    model.evaluate(PlanBatch(*(part[:1] for part in vars(batch).values())))
    for _ in range(rounds):
        model.evaluate(batch)


if __name__ == "__main__":
    _evaluate(Path(sys.argv[1]), int(sys.argv[2]))
