"""Writes on the catalogue: each import is one transaction, so that it is whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.db import transaction

from claxson.catalogue.imports.fits_table import open_table
from claxson.catalogue.imports.report import Outcome, Progress, Refusal, Report, silent
from claxson.catalogue.imports.sources import StoredSources, store_sources
from claxson.catalogue.imports.upserts import CHUNK, upsert
from claxson.catalogue.imports.xmm import Catalogue, CatalogueSource, read_catalogue, release_of
from claxson.catalogue.models import Detection, ImportRun, Source
from claxson.catalogue.store import sha256_of


def import_catalogue(*, path: Path, release: str = "", progress: Progress = silent) -> Report:
    """Add or update the sources and detections of a 4XMM detection catalogue (FITS)."""
    with open_table(path) as table:
        catalogue = read_catalogue(table)
        origin = release or release_of(path, table)
        with transaction.atomic():
            report = _store_catalogue(catalogue, origin, progress)
            record_import(kind="catalogue", path=path, report=report)
    return report


def record_import(*, kind: str, path: Path, report: Report) -> ImportRun:
    """Note that a file was taken in; call it in the transaction that took it in."""
    return ImportRun.objects.create(
        kind=kind, file_name=path.name[:255], sha256=sha256_of(path), counts=report.counts
    )


def _store_catalogue(catalogue: Catalogue, origin: str, progress: Progress) -> Report:
    report, n_sources, n_detections = Report.of([], catalogue.refusals), 0, 0
    for sources in catalogue.sources(CHUNK):
        outcomes, refusals = _store_chunk(sources, origin)
        report = report.plus(outcomes, refusals)
        n_detections += len(outcomes)
        n_sources += len({source.name for source in sources})
        progress(n_detections, len(catalogue.table))
    return replace(report, note=f"{n_detections} detections of {n_sources} sources")


def _store_chunk(sources: list[CatalogueSource], origin: str) -> tuple[list[Outcome], list[Refusal]]:
    stored = store_sources([_source(source, origin) for source in sources])
    taken = [source for source in sources if source.name in stored.ids]
    refusals = [
        Refusal(detection.row, stored.refused[source.name])
        for source in sources
        if source.name in stored.refused
        for detection in source.detections
    ]
    return _store_detections(taken, stored), refusals


def _source(source: CatalogueSource, origin: str) -> Source:
    return Source(
        name=source.name,
        origin=origin,
        ra_deg=source.ra_deg,
        dec_deg=source.dec_deg,
        pos_err_arcsec=source.pos_err_arcsec,
        features=source.features,
    )


def _store_detections(sources: Sequence[CatalogueSource], stored: StoredSources) -> list[Outcome]:
    rows = [
        Detection(source_id=stored.ids[source.name], obsid=d.obsid, detid=d.detid, features=d.features)
        for source in sources
        for d in source.detections
    ]
    of_source = [stored.outcomes[source.name] for source in sources for _ in source.detections]
    known = Detection.objects.filter(source__in=stored.ids.values())
    own = upsert(rows, stored=known, key=["source_id", "detid"])
    return [Outcome.of_row(*pair) for pair in zip(own, of_source, strict=True)]
