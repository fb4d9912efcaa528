"""Merging imported sources with those that are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from claxson.catalogue.imports.report import Outcome
from claxson.catalogue.imports.upserts import upsert
from claxson.catalogue.models import Source


@dataclass(frozen=True)
class StoredSources:
    """Source name -> primary key and what became of it, or why it was refused."""

    ids: Mapping[str, int]
    outcomes: Mapping[str, Outcome]
    refused: Mapping[str, str]


def store_sources(rows: Sequence[Source], *, stored_wins: bool = False) -> StoredSources:
    """Add or update sources by name.

    Features are laid over those already there; one given as None is removed. With `stored_wins`, a source
    of another origin keeps all it has and only gains what it lacks: a table of labels must not overwrite what
    the catalogue or the pipeline measured.
    """
    stored = {source.name: source for source in Source.objects.filter(name__in=[row.name for row in rows])}
    refused = {row.name: reason for row in rows if (reason := _conflict(row, stored.get(row.name)))}
    taken = [row for row in rows if row.name not in refused]
    for row in taken:
        _merge(row, stored.get(row.name), stored_wins=stored_wins)
    outcomes = upsert(taken, stored=stored.values(), key=["name"])
    return StoredSources(
        ids={row.name: row.pk for row in taken},
        outcomes={row.name: outcome for row, outcome in zip(taken, outcomes, strict=True)},
        refused=refused,
    )


def _conflict(row: Source, stored: Source | None) -> str:
    if stored is None or stored.simulated == row.simulated:
        return ""
    kinds = {True: "simulated", False: "real"}
    here, there = kinds[row.simulated], kinds[stored.simulated]
    return f"{row.name} is {here} here, but a {there} source of that name is stored"


def _merge(row: Source, stored: Source | None, *, stored_wins: bool) -> None:
    before = {} if stored is None else stored.features
    if stored is not None and not row.history:
        row.history = stored.history  # only the pipeline measures it
    if stored is not None and stored_wins and stored.origin != row.origin:
        row.origin, row.pos_err_arcsec = stored.origin, stored.pos_err_arcsec
        row.ra_deg, row.dec_deg = stored.ra_deg, stored.dec_deg
        merged = {**row.features, **before}
    else:
        merged = {**before, **row.features}
    row.features = {name: value for name, value in merged.items() if value is not None}
