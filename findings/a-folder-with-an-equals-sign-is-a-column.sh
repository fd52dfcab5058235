#!/usr/bin/env bash
# Expected: pandas.read_parquet(file) and pyarrow.parquet.read_table(file) of one plain file answer the columns that were written to it.
# Seen: where a folder anywhere on the file's path has an = in its name, as runs/demand=0.7/trips.parquet, the table gains a column named
# after the part before it, with the part after it as value, parsed as a number where it looks like one. The same file reached by a
# path without such a folder has none; equal files compare as unlike, and what is written back holds the column. Hive partitioning
# is inferred for a single file, too; partitioning=None turns it off, and ParquetFile(file).read() never does it. pandas 2.3.3 handed over
# an open file and had no such column: with an upgrade tables gain one.
# Version: pyarrow 23.0.1, pandas 3.1.1. Source: the partitioning parameter ("hive" by default) in the documentation of
# pyarrow.parquet.read_table, which does not say that one file's own path counts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==23.0.1 pandas==3.1.1 numpy==2.4.6
venv/bin/python - <<'PY'
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.parquet as pq

print("pyarrow", pyarrow.__version__, "pandas", pd.__version__)
plain, named = Path("runs/plain/t.parquet"), Path("runs/demand=0.7/t.parquet")
for path in (plain, named):
    path.parent.mkdir(parents=True)
    pd.DataFrame({"delay": [1.0, 2.0]}).to_parquet(path)
print("the two files are equal:", plain.read_bytes() == named.read_bytes())
seen = {
    "pandas, plain folder": list(pd.read_parquet(plain).columns),
    "pandas, folder demand=0.7": list(pd.read_parquet(named).columns),
    "read_table, folder demand=0.7": pq.read_table(named).column_names,
    "pandas, partitioning=None": list(pd.read_parquet(named, partitioning=None).columns),
    "ParquetFile": pq.ParquetFile(named).read().column_names,
}
for way, columns in seen.items():
    print(f"{way}: {columns}")
assert list(seen.values()) == [["delay"], ["delay", "demand"], ["delay", "demand"], ["delay"], ["delay"]]
PY
