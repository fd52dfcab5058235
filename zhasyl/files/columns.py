"""Tables as columns of numpy, and the same as Parquet.

Arrow's own way from and to numpy (`pa.array`, `to_numpy`) imports pandas wherever that is installed, which takes longer
than all else that a run does with its tables. Its buffers are numpy's as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import pandas as pd

TYPES = {"f8": pa.float64(), "f4": pa.float32(), "i8": pa.int64(), "i4": pa.int32(), "i2": pa.int16()}
KINDS = {arrow: np.dtype(kind) for kind, arrow in TYPES.items()}


@dataclass(frozen=True)
class Coded:
    """A column of texts of which many are the same: `names[codes]`."""

    codes: npt.NDArray[np.integer[Any]]
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> "Coded":
        return Coded(self.codes[rows], self.names)

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = texts(self.names)[self.codes].astype(dtype or object)
        return found


Column = npt.NDArray[Any] | Coded


class Table:
    """Columns of one length, by name."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = dict(columns)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def take(self, rows: npt.NDArray[Any]) -> "Table":
        """Some rows, by place or by whether they are wanted."""
        return Table({name: column[rows] for name, column in self.columns.items()})

    def without(self, *names: str) -> "Table":
        """All columns but these."""
        return Table({name: column for name, column in self.columns.items() if name not in names})

    def pandas(self) -> "pd.DataFrame":
        """The same for people, texts as objects."""
        import pandas as pd

        return pd.DataFrame({name: np.asarray(column) for name, column in self.columns.items()})

    def arrow(self) -> pa.Table:
        """The same in Arrow."""
        return pa.Table.from_arrays([_arrow(column) for column in self.columns.values()], names=list(self.columns))

    @staticmethod
    def read(path: Path, names: Sequence[str]) -> "Table":
        """Some columns of a Parquet file. Raises OSError, and KeyError for one that it has not."""
        kinds = pq.read_schema(path)
        unknown = [name for name in names if name not in kinds.names]
        if unknown:
            raise KeyError(unknown[0])
        worded = [name for name in names if not _is_number(kinds.field(name).type)]
        with pq.ParquetFile(path, read_dictionary=worded) as file:
            table = file.read(list(names), use_threads=False).unify_dictionaries().combine_chunks()
        return Table({name: _read(table[name]) for name in names})

    def write(self, path: Path) -> None:
        """Write it as Parquet. Raises OSError."""
        pq.write_table(self.arrow(), path, compression="zstd")


def texts(values: Sequence[str]) -> npt.NDArray[Any]:
    """A column of texts."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def coded(values: Sequence[str]) -> Coded:
    """A column of texts, each name once, in the order in which they come."""
    places: dict[str, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values]
    return Coded(np.array(codes, dtype=np.int32), list(places))


def names(column: Any) -> Coded:
    """A column of texts as codes and names, of a run's own table or of pandas."""
    return column if isinstance(column, Coded) else coded([str(value) for value in column])


def present(column: pa.Array) -> npt.NDArray[np.bool_]:
    """[row] has the column a value there?"""
    bits = column.buffers()[0]
    if bits is None:
        return np.ones(len(column), dtype=bool)
    bitmap = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")
    return bitmap[column.offset : column.offset + len(column)].astype(bool)


def numbers(column: pa.Array) -> npt.NDArray[Any]:
    """A column of numbers as numpy's; what stands where it has no value is no number."""
    data = column.buffers()[1]
    dtype = KINDS[column.type]
    return (
        np.frombuffer(data, dtype, len(column), column.offset * dtype.itemsize) if len(column) else np.zeros(0, dtype)
    )


def names_of(column: pa.DictionaryArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A column of texts as codes and what they stand for."""
    return numbers(column.indices).astype(np.int64), column.dictionary.to_pylist()


def _is_number(kind: pa.DataType) -> bool:
    return kind in KINDS or kind == pa.bool_()


def _read(column: pa.ChunkedArray) -> Column:
    """A column of a file as numpy's: texts coded, and NaN where a real number is missing."""
    if not len(column):
        return (
            np.zeros(0, KINDS.get(column.type, bool)) if _is_number(column.type) else Coded(np.zeros(0, np.int64), [])
        )
    own = column.chunk(0)
    if own.type == pa.bool_():
        bits = np.unpackbits(np.frombuffer(own.buffers()[1], np.uint8), bitorder="little")
        return bits[own.offset : own.offset + len(own)].astype(bool)
    if own.type not in KINDS:
        return Coded(*names_of(own))
    found = numbers(own)
    return np.where(present(own), found, np.nan) if own.null_count and found.dtype.kind == "f" else found


def _arrow(column: Column) -> pa.Array:
    if isinstance(column, Coded):
        return pa.DictionaryArray.from_arrays(_arrow(column.codes.astype(np.int32)), _arrow(texts(column.names)))
    if column.dtype == bool:
        return pa.Array.from_buffers(
            pa.bool_(), len(column), [None, pa.py_buffer(np.packbits(column, bitorder="little"))]
        )
    if column.dtype.kind in "OU":
        parts = [str(value).encode("utf-8", "backslashreplace") for value in column]
        ends = np.cumsum([0, *map(len, parts)], dtype=np.int32)
        return pa.Array.from_buffers(pa.string(), len(parts), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(parts))])
    own = np.ascontiguousarray(column)
    return pa.Array.from_buffers(TYPES[own.dtype.str[1:]], len(own), [None, pa.py_buffer(own)])
