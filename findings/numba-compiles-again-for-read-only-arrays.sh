#!/usr/bin/env bash
# Expected: a function of numba that has been compiled for an array is ready for another array of the same dtype and
# dimensions; whether it may be written to is a flag of the value.
# Seen: a read-only array is another type. The first call with one compiles the whole function once more, so that a warm-up
# with ordinary arrays does not spare the first real call its compilation where the real arrays have been made read-only.
# Version: numba 0.61.0 with numpy 2.1.3. Source: numba's reference of types, numba.types.Array, which has `readonly`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numba==0.61.0 numpy==2.1.3
venv/bin/python - <<'PY'
import numba
import numpy as np


@numba.njit
def total(values):
    found = 0.0
    for value in values:
        found += value
    return found


print("numba", numba.__version__, "numpy", np.__version__)
values = np.ones(3)
total(values)
total(np.zeros(5))
print("after two arrays that may be written to:", total.signatures)
warm = len(total.signatures)
values.setflags(write=False)
total(values)
print("after the first of them made read-only:", total.signatures)
raise SystemExit(0 if (warm, len(total.signatures)) == (1, 2) else 1)
PY
