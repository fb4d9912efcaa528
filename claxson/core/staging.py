"""Many rows into the database at once: a temporary table filled by COPY, for one statement to take from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# PostgreSQL's binary COPY: a header, per row the number of fields, per field its length and value, an end.
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
# Name and number of the type in PostgreSQL.
TYPES = {"i4": ("int", 23), "i8": ("bigint", 20), "f8": ("float8", 701)}
COUNT = "number of fields"  # no column is called so
ARRAY_HEAD = 5  # dimensions, whether there are nulls, type, length, first index


def stage(cursor: Any, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Fill `table` with rows; it goes with the transaction, or with the next staging under its name."""
    _create(cursor, table, columns)
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def stage_arrays(cursor: Any, table: str, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    """The same from columns that are as long as each other; one of two axes becomes a column of arrays."""
    types = (f"{name} {_type(column)[0]}{'[]' * (column.ndim - 1)}" for name, column in columns.items())
    _create(cursor, table, ", ".join(types))
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(HEADER)
        copy.write(_as_sent(columns))
        copy.write(END)


def _create(cursor: Any, table: str, columns: str) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")


def _type(column: npt.NDArray[Any]) -> tuple[str, int]:
    return TYPES[column.dtype.str[1:]]


def _as_sent(columns: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """All rows as they go over the line: made by numpy, for a loop over rows would take longer than COPY."""
    row = np.dtype([(COUNT, ">i2"), *((name, _field(column)) for name, column in columns.items())])
    rows = np.empty(len(next(iter(columns.values()))), dtype=row)
    rows[COUNT] = len(columns)
    for name, column in columns.items():
        _fill(rows[name], column)
    return rows.tobytes()


def _field(column: npt.NDArray[Any]) -> np.dtype[Any]:
    value = column.dtype.newbyteorder(">")
    if column.ndim == 1:
        return np.dtype([("size", ">i4"), ("value", value)])
    element = np.dtype([("size", ">i4"), ("value", value)])
    return np.dtype([("size", ">i4"), ("head", ">i4", ARRAY_HEAD), ("elements", element, column.shape[1])])


def _fill(field: npt.NDArray[Any], column: npt.NDArray[Any]) -> None:
    if column.ndim == 2:
        field["size"] = field.dtype.itemsize - 4
        field["head"] = (1, 0, _type(column)[1], column.shape[1], 1)
        field = field["elements"]
    field["size"] = column.dtype.itemsize
    field["value"] = column
