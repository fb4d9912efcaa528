"""Writing a pipeline run into the catalogue: observations, sources, detections and product files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import transaction

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.imports.manifest import (
    Manifest,
    ManifestObservation,
    ManifestSource,
    read_manifest,
)
from claxson.catalogue.imports.report import Outcome, Progress, Refusal, Report, silent
from claxson.catalogue.imports.sources import StoredSources, store_sources
from claxson.catalogue.imports.upserts import upsert
from claxson.catalogue.models import Detection, Observation, Product, Source
from claxson.catalogue.services import record_import
from claxson.catalogue.store import keep

ORIGIN = "pipeline"
# Hashing and copying files takes the time here, so progress is told more often than elsewhere.
CHUNK = 100


@transaction.atomic
def ingest_manifest(*, path: Path, progress: Progress = silent) -> Report:
    """Add or update what a manifest lists.

    Product files are copied under the hash of their content before the rows are committed: a copy that no row
    points to is harmless, a row without its file is not.
    """
    manifest = read_manifest(path)
    _store_observations(manifest.observations.values())
    report, seen = Report.of([], []), set[str]()
    for first in range(1, len(manifest.sources) + 1, CHUNK):
        last = min(first + CHUNK - 1, len(manifest.sources))
        sources, refusals = _checked(manifest, range(first, last + 1), seen)
        outcomes, conflicts = _store_chunk(sources)
        report = report.plus(outcomes, [*refusals, *conflicts])
        progress(last, len(manifest.sources))
    record_import(kind="manifest", path=path / "manifest.json" if path.is_dir() else path, report=report)
    return report


def _checked(
    manifest: Manifest, rows: Iterable[int], seen: set[str]
) -> tuple[list[ManifestSource], list[Refusal]]:
    sources: list[ManifestSource] = []
    refusals: list[Refusal] = []
    for row in rows:
        source = manifest.source(row)
        if isinstance(source, Refusal):
            refusals.append(source)
        elif source.name in seen:
            refusals.append(Refusal(row, f"{source.name} stands in the list before"))
        else:
            seen.add(source.name)
            sources.append(source)
    return sources, refusals


def _store_observations(observations: Iterable[ManifestObservation]) -> None:
    rows = [Observation(**vars(observation)) for observation in observations]
    stored = {row.obsid: row for row in Observation.objects.filter(obsid__in=[row.obsid for row in rows])}
    for row in rows:
        if row.obsid in stored and stored[row.obsid].simulated != row.simulated:
            raise UnusableFile(
                f"observation {row.obsid} is stored already, and one of the two is simulated, the other real"
            )
    upsert(rows, stored=stored.values(), key=["obsid"])


def _store_chunk(sources: Sequence[ManifestSource]) -> tuple[list[Outcome], list[Refusal]]:
    stored = store_sources([_row(source) for source in sources])
    taken = [source for source in sources if source.name in stored.ids]
    touched = {source.name: [stored.outcomes[source.name]] for source in taken}
    _store_detections(taken, stored, touched)
    _store_products(taken, stored, touched)
    refusals = [Refusal(s.row, stored.refused[s.name]) for s in sources if s.name in stored.refused]
    return [Outcome.of_row(*outcomes) for outcomes in touched.values()], refusals


def _row(source: ManifestSource) -> Source:
    return Source(
        name=source.name,
        origin=ORIGIN,
        ra_deg=source.ra_deg,
        dec_deg=source.dec_deg,
        pos_err_arcsec=source.pos_err_arcsec,
        features=source.features,
        simulated=source.simulated,
        history=source.history,
    )


def _store_detections(
    sources: Sequence[ManifestSource], stored: StoredSources, touched: dict[str, list[Outcome]]
) -> None:
    names = [source.name for source in sources for _ in source.detections]
    rows = [
        Detection(source_id=stored.ids[source.name], obsid=obsid, detid=obsid, features=_known(features))
        for source in sources
        for obsid, features in source.detections.items()
    ]
    known = Detection.objects.filter(source__in=stored.ids.values())
    outcomes = upsert(rows, stored=known, key=["source_id", "detid"])
    for name, outcome in zip(names, outcomes, strict=True):
        touched[name].append(outcome)


def _store_products(
    sources: Sequence[ManifestSource], stored: StoredSources, touched: dict[str, list[Outcome]]
) -> None:
    found = [(source.name, product) for source in sources for product in source.products]
    for _, product in found:
        keep(product.file, product.sha256)
        for sha256, file in product.variants:
            keep(file, sha256)
    rows = [
        Product(
            source_id=stored.ids[name],
            observation_id=product.obsid,
            kind=product.kind,
            sha256=product.sha256,
            n_bytes=product.n_bytes,
            media_type=product.media_type,
            meta=product.meta,
        )
        for name, product in found
    ]
    known = Product.objects.filter(source__in=stored.ids.values())
    outcomes = upsert(rows, stored=known, key=["source_id", "observation_id", "kind"])
    for (name, _), outcome in zip(found, outcomes, strict=True):
        touched[name].append(outcome)


def _known(features: dict[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in features.items() if value is not None}
