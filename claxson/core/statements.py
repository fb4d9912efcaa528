"""The statements that run hundreds of times a second: planned once for each connection, not at each call.

Django sends its parameters inside the text, so that PostgreSQL plans every call anew; for a statement as
large as a vote's that costs more than running it.
"""

from typing import Any

import psycopg
from django.db import connection


def rows_of(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the statement returns; inside the transaction that is open, as any statement of Django's."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def row_of(statement: str, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    """The only row, if there is one."""
    rows = rows_of(statement, parameters)
    return rows[0] if rows else None
