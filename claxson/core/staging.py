"""Many rows into the database at once: a temporary table filled by COPY, for one statement to take from."""

from collections.abc import Iterable, Sequence
from typing import Any


def stage(cursor: Any, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Fill `table` with rows; it goes with the transaction, or with the next staging under its name."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
