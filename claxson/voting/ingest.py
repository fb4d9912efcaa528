"""Taking a pipeline run in, so that volunteers can be shown it."""

from dataclasses import replace
from pathlib import Path

from django.db import transaction

from claxson.catalogue.imports.report import Progress, Report, silent
from claxson.catalogue.ingest import ingest_manifest
from claxson.core.jobs import announce
from claxson.voting.services.queueing import enqueue_sources_with_products


@transaction.atomic
def ingest(*, path: Path, progress: Progress = silent) -> Report:
    """Store what the manifest lists, and open the sources that have products to votes."""
    report = ingest_manifest(path=path, progress=progress)
    if report.added or report.changed:
        announce("sources_changed")
    return replace(report, note=f"{enqueue_sources_with_products()} sources newly open to votes")
