"""Writing many rows at once: what is new is added, what differs is changed, the rest is not touched."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import Model

from claxson.catalogue.imports.report import Outcome

CHUNK = 2000

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Pieces that one statement can carry."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def upsert(rows: Sequence[Row], *, stored: Iterable[Row], key: Sequence[str]) -> list[Outcome]:
    """Bring the table to these rows; `stored` are those of its rows that may have the same keys.

    Afterwards every row has its primary key. No two rows may have the same key.
    """
    known = {_values(row, key): row for row in stored}
    outcomes = [_outcome(row, known.get(_values(row, key))) for row in rows]
    pairs = zip(rows, outcomes, strict=True)
    wanted = [row for row, outcome in pairs if outcome is not Outcome.UNCHANGED]
    if wanted:
        _write(wanted, key)
    return outcomes


def _outcome(row: Row, before: Row | None) -> Outcome:
    if before is None:
        return Outcome.ADDED
    names = _columns(row)
    if _values(row, names) != _values(before, names):
        return Outcome.CHANGED
    row.pk = before.pk
    return Outcome.UNCHANGED


def _write(rows: Sequence[Row], key: Sequence[str]) -> None:
    type(rows[0])._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=[name for name in _columns(rows[0]) if name not in key],
    )


def _columns(row: Model) -> list[str]:
    return [field.attname for field in row._meta.concrete_fields if not field.primary_key]


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
