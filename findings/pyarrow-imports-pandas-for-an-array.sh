#!/usr/bin/env bash
# Expected: pyarrow's own types, made from a list or from numpy and turned back, need pyarrow and numpy; pandas is imported by who
# asks for a data frame.
# Seen: where pandas is installed, the first pyarrow.array(...), pyarrow.table(...), pyarrow.scalar(...) or to_numpy() imports it, two
# to three times what importing pyarrow takes. Arrays over given buffers, Parquet read and written, filters and to_pylist do
# not. A short program that only writes a Parquet file pays for pandas, and one that is profiled blames its own code.
# Version: pyarrow 23.0.1, pandas 2.3.3. Source: measured; pandas is an optional dependency of pyarrow (its installation page).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==23.0.1 pandas==2.3.3 numpy==2.3.5
cat >one.py <<'PY'
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

numbers = np.arange(3.0)
made = pa.Array.from_buffers(pa.float64(), 3, [None, pa.py_buffer(numbers)])
ways = {
    "an array over numpy's own buffer": lambda: made,
    "a table of it, written and read": lambda: (
        pq.write_table(pa.Table.from_arrays([made], names=["a"]), "t.parquet"), pq.ParquetFile("t.parquet").read()),
    "to_pylist": lambda: made.to_pylist(),
    "to_numpy": lambda: made.to_numpy(),
    "array of numpy": lambda: pa.array(numbers),
    "array of a list": lambda: pa.array(["a"], pa.string()),
    "table of numpy": lambda: pa.table({"a": numbers}),
}
name = sys.argv[1]
began = time.perf_counter()
ways[name]()
print(f"{name}: pandas imported: {'pandas' in sys.modules} ({1000 * (time.perf_counter() - began):.0f} ms)")
PY
venv/bin/python -c "import pyarrow, pandas, numpy; print('pyarrow', pyarrow.__version__, 'pandas', pandas.__version__, 'numpy', numpy.__version__)"
for way in "an array over numpy's own buffer" "a table of it, written and read" to_pylist; do
  venv/bin/python one.py "$way" | tee said; grep -q "imported: False" said
done
for way in to_numpy "array of numpy" "array of a list" "table of numpy"; do
  venv/bin/python one.py "$way" | tee said; grep -q "imported: True" said
done
