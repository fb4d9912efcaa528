"""Writes on labels from the literature."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from claxson.catalogue.features import Features
from claxson.catalogue.imports.report import Outcome, Progress, Refusal, Report, silent
from claxson.catalogue.imports.sources import StoredSources, store_sources
from claxson.catalogue.imports.upserts import chunks, upsert
from claxson.catalogue.models import Source
from claxson.catalogue.services import record_import
from claxson.voting.literature.label_table import LabelledRow, LabelTable, read_labels
from claxson.voting.models import Label
from claxson.voting.services.queueing import set_gold_apart

SIMULATED = "simulated"
MAX_PROVENANCE = 120

Labelled = tuple[LabelledRow, Features]


def import_labels(*, path: Path, progress: Progress = silent) -> Report:
    """Add or update the sources and labels of a labelled CSV file; one transaction."""
    table = read_labels(path)
    labelled = list(zip(table.rows, table.features(), strict=True))
    report = Report.of([], table.refusals, note=table.dialect.title)
    done = 0
    with transaction.atomic():
        for chunk in chunks(labelled):
            report = report.plus(*_store_chunk(chunk, table, path.name))
            done += len(chunk)
            progress(done, len(labelled))
        set_gold_apart()
        record_import(kind="labels", path=path, report=report)
    return report


def _store_chunk(
    chunk: Sequence[Labelled], table: LabelTable, file_name: str
) -> tuple[list[Outcome], list[Refusal]]:
    disputed = _disputed([row for row, _ in chunk], file_name)
    sources = [_source(row, features, table) for row, features in chunk if row.name not in disputed]
    stored = store_sources(sources, stored_wins=True)
    reasons = disputed | dict(stored.refused)
    refusals = [Refusal(row.row, reasons[row.name]) for row, _ in chunk if row.name in reasons]
    taken = [row for row, _ in chunk if row.name in stored.ids]
    return _store_labels(taken, stored, file_name), refusals


def _disputed(rows: Sequence[LabelledRow], file_name: str) -> dict[str, str]:
    """Source name -> why its label must not be replaced: another file gave it another class."""
    classes = {row.name: row.source_class for row in rows}
    labels = Label.objects.filter(source__name__in=classes).select_related("source")
    return {
        label.source.name: (
            f"{label.source.name} is {classes[label.source.name]} here, but {label.source_class} in "
            f"{label.provenance}, which stands"
        )
        for label in labels
        if label.source_class != classes[label.source.name] and not _is_of(label, file_name)
    }


def _is_of(label: Label, file_name: str) -> bool:
    return f"{label.provenance}: ".startswith(f"{file_name}: ")


def _provenance(file_name: str, reference: str) -> str:
    return (f"{file_name}: {reference}" if reference else file_name)[:MAX_PROVENANCE]


def _source(row: LabelledRow, features: Features, table: LabelTable) -> Source:
    return Source(
        name=row.name,
        origin=SIMULATED if row.simulated else table.dialect.origin,
        ra_deg=row.numbers[table.dialect.ra],
        dec_deg=row.numbers[table.dialect.dec],
        features=features,
        simulated=row.simulated,
    )


def _store_labels(rows: Sequence[LabelledRow], stored: StoredSources, file_name: str) -> list[Outcome]:
    labels = [
        Label(
            source_id=stored.ids[row.name],
            source_class=row.source_class.value,
            original_class=row.original_class,
            provenance=_provenance(file_name, row.reference),
        )
        for row in rows
    ]
    known = Label.objects.filter(pk__in=stored.ids.values())
    own = upsert(labels, stored=known, key=["source_id"])
    touched = (stored.outcomes[row.name] for row in rows)
    return [Outcome.of_row(*pair) for pair in zip(own, touched, strict=True)]
