"""Columns of numpy and the same as Parquet."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhasyl.files.columns import Coded, Column, Table, coded, names_of, numbers, present, texts

COLUMNS: dict[str, Column] = {
    "name": texts(["a", "", "ö, \u0416", "a"]),
    "code": coded(["x", "y", "x", "x"]),
    "on": np.array([True, False, True, True]),
    "time_s": np.array([0.5, np.nan, 2.0, 3.0]),
    "metres": np.array([1, 2, 3, 4], dtype=np.float32),
    "count": np.array([1, 2, 3, 4]),
    "short": np.array([1, -2, 3, 4], dtype=np.int16),
    "second": np.array([1, 2, 3, 4], dtype=np.int32),
}


def test_what_is_written_is_read_by_pandas(tmp_path: Path) -> None:
    Table(COLUMNS).write(tmp_path / "t.parquet")
    found = pd.read_parquet(tmp_path / "t.parquet")
    assert found.columns.tolist() == list(COLUMNS)
    for name, column in COLUMNS.items():
        assert np.array_equal(np.asarray(found[name]), np.asarray(column), equal_nan=name == "time_s"), name
        if not isinstance(column, Coded):
            assert found[name].to_numpy().dtype == column.dtype
    assert isinstance(found["code"].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize("rows", [[], [2], [0, 3]])
def test_some_rows_are_the_same_rows_of_each_column(tmp_path: Path, rows: list[int]) -> None:
    table = Table(COLUMNS).take(np.array(rows, dtype=np.int64)).without("short")
    assert len(table) == len(rows)
    table.write(tmp_path / "t.parquet")
    found = pd.read_parquet(tmp_path / "t.parquet")
    for name in found.columns:
        expected = np.asarray(COLUMNS[name])[rows]
        assert np.array_equal(np.asarray(found[name]), expected, equal_nan=name == "time_s"), name


def test_arrow_columns_are_read_from_where_they_begin() -> None:
    part = pa.array([1.0, 2.0, 3.0, 4.0])[1:3]
    assert numbers(part).tolist() == [2.0, 3.0]
    assert numbers(part[:0]).tolist() == []
    codes, names = names_of(pa.array(["b", "a", "b"]).dictionary_encode()[1:])
    assert [names[code] for code in codes] == ["a", "b"]


def test_rows_without_a_value_are_told() -> None:
    part = pa.array([1.0, None, 3.0, None])
    assert present(part).tolist() == [True, False, True, False]
    assert present(part[1:3]).tolist() == [False, True]
    assert present(pa.array([1, 2])).tolist() == [True, True]


def test_nothing_of_it_imports_pandas(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    code = f"""
import sys
from pathlib import Path
import numpy as np
import pyarrow.parquet as pq
from zhasyl.files.columns import Table, coded, names_of, numbers, texts
columns = {{"n": texts(["a"]), "c": coded(["x"]), "b": np.array([True]), "t": np.array([0.5])}}
Table(columns).take(np.array([True])).write(Path({str(path)!r}))
found = pq.ParquetFile({str(path)!r}, read_dictionary=["n"]).read().combine_chunks()
assert numbers(found["t"].chunk(0)).tolist() == [0.5] and names_of(found["n"].chunk(0))[1] == ["a"]
assert not {{"pandas", "pyarrow.compute"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert pq.read_metadata(path).num_rows == 1


@pytest.mark.parametrize("rows", [[], [2], [0, 3]])
def test_columns_are_read_as_they_were_written(tmp_path: Path, rows: list[int]) -> None:
    Table(COLUMNS).take(np.array(rows, dtype=np.int64)).write(tmp_path / "t.parquet")
    found = Table.read(tmp_path / "t.parquet", ["count", "name", "code", "on", "time_s"])
    assert list(found.columns) == ["count", "name", "code", "on", "time_s"]
    for name in found.columns:
        assert np.asarray(found[name]).tolist() == pytest.approx(np.asarray(COLUMNS[name])[rows].tolist(), nan_ok=True)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    Table(COLUMNS).write(tmp_path / "t.parquet")
    with pytest.raises(KeyError, match="colour"):
        Table.read(tmp_path / "t.parquet", ["count", "colour"])
