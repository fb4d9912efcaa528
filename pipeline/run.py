"""A run: folders in, manifest out. One bad file or source never stops the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from scipy.spatial import cKDTree

from pipeline.check import check_schema, is_inside
from pipeline.config import RunConfig
from pipeline.epochs import epoch, epoch_facts
from pipeline.errors import DamagedManifest, NotExposed, OutputOverInput
from pipeline.inventory import Failure, InputFile
from pipeline.manifest import build_manifest, input_entries, read_manifest, write_manifest
from pipeline.measure.positions import chord, unit_vectors
from pipeline.products.files import files_of
from pipeline.readers.fitsfile import sha256_of
from pipeline.readers.tables import read_positions
from pipeline.source import merge_detections
from pipeline.units.looks import LOOKS_NAME, kept_look, looks_needed, take_look
from pipeline.units.pool import do_all, do_units
from pipeline.units.records import RECORD_NAME, UNITS, Record, read_record, unit_folder
from pipeline.units.work import Done, Unit

T = TypeVar("T")
Progress = Callable[[Iterable[T], str, int], Iterable[T]]


@dataclass(frozen=True)
class RunRequest:
    """What to run.

    Attributes
    ----------
    folders : tuple of Path
        Input folders.
    out : Path
        Output folder.
    sources : Path or None
        List of positions for folders without a region file.
    config : RunConfig
        Settings.
    jobs : int
        How many observations at a time; it does not change the outcome.
    """

    folders: tuple[Path, ...]
    out: Path
    sources: Path | None = None
    config: RunConfig = field(default_factory=RunConfig)
    jobs: int = 1


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run came to.

    Attributes
    ----------
    manifest : dict
        The result.
    kept : int
        Observations that were there already and were not measured again.
    reused : bool
        Whether all was there already, and whole.
    """

    manifest: dict[str, Any]
    kept: int
    reused: bool


def silent(items: Iterable[T], label: str, total: int) -> Iterable[T]:
    """No progress bar."""
    return items


def run(request: RunRequest, progress: Progress[Any] = silent) -> Outcome:
    """Run the pipeline.

    Parameters
    ----------
    request : RunRequest
        What to run.
    progress : callable
        Wraps things to come, a label and their number, as a progress bar does.

    Returns
    -------
    Outcome
        The same input gives the same bytes. Observations that the output folder already holds, made of the
        same input by the same settings and version and undamaged, are not measured again.

    Raises
    ------
    PipelineError
        The list of positions cannot be read, or the output folder cannot be written. Everything else that
        goes wrong is in the manifest's failures.
    """
    previous = _previous(request.out)
    units, failures = _units(request)
    ends = list(progress(do_units(units, request.jobs), "observations", len(units)))
    records = _collect(request.out, ends, failures)
    sources = merge_detections({o: r["detections"] for o, r in records.items()}, request.config)
    _add_epochs(sources, records, units, request.jobs)
    failures += _never_seen(request, units, sources)
    given = _given(request.sources)
    inputs = [*given, *(one for record in records.values() for one in record["inputs"])]
    manifest = build_manifest(inputs, list(records.values()), sources, failures, request.config)
    write_manifest(request.out, manifest)
    _remove_stale(request.out, previous, manifest)
    idle = all(end.reused or end.failures for end in ends)
    return Outcome(manifest, sum(end.reused for end in ends), idle and previous == manifest)


def _units(request: RunRequest) -> tuple[list[Unit], list[Failure]]:
    """One unit for each folder; of folders whose names share a place in the output, the first."""
    store = request.out.resolve() / UNITS
    given = tuple(read_positions(request.sources)) if request.sources else None
    digest = sha256_of(request.sources) if request.sources else ""
    units: dict[str, Unit] = {}
    failures: list[Failure] = []
    for folder in sorted({folder.resolve() for folder in request.folders}):
        if folder.is_relative_to(store):
            raise OutputOverInput(f"--out {request.out}: its folder {UNITS} is input; choose another --out")
        unit = Unit(folder, request.out, request.config, given, digest)
        if units.setdefault(unit_folder(folder), unit) is not unit:
            message = f"{folder.name}: another folder of this name is part of the run; rename one"
            failures.append(Failure(folder.name, "duplicate_folder", message))
    return list(units.values()), failures


def _never_seen(request: RunRequest, units: list[Unit], sources: list[dict[str, Any]]) -> list[Failure]:
    """Positions of the list that are near no source of any observation."""
    positions = units[0].positions if units else None
    if not positions or request.sources is None:
        return []
    places = np.array([(source["ra_deg"], source["dec_deg"]) for source in sources]).reshape(-1, 2)
    found: Any = cKDTree(unit_vectors(places[:, 0], places[:, 1])) if len(places) else None
    asked = unit_vectors(*np.array([(one.ra_deg, one.dec_deg) for one in positions]).T)
    reach = chord(request.config.merge_arcsec)
    seen = found.query(asked)[0] <= reach if found else np.zeros(len(positions), dtype=bool)
    lost = [
        one.name or f"({one.ra_deg:.5f}, {one.dec_deg:.5f})"
        for one, is_seen in zip(positions, seen, strict=True)
        if not is_seen
    ]
    where = request.sources.name
    return [Failure(where, NotExposed.code, f"{name}: no source was measured there") for name in lost]


def _given(sources: Path | None) -> list[dict[str, Any]]:
    if sources is None:
        return []
    return input_entries([InputFile(sources, sources.name, "positions", "", sha256_of(sources))])


def _collect(out: Path, ends: list[Done], failures: list[Failure]) -> dict[str, Record]:
    """The records by observation, in the order of their numbers; what failed is added to the list."""
    records: dict[str, Record] = {}
    for end in ends:
        failures += end.failures
        record = None if end.failures else read_record(out / unit_folder(end.folder))
        if record is None:
            continue
        failures += [Failure(**failure) for failure in record["failures"]]
        obsid = record["observation"]["obsid"]
        if obsid in records:
            name = end.folder.name
            message = f"{name}: observation {obsid} was already read from another folder"
            failures.append(Failure(name, "duplicate_observation", message))
            continue
        records[obsid] = record
    failures.sort(key=lambda failure: (failure.where, failure.code))
    return {obsid: records[obsid] for obsid in sorted(records)}


def _add_epochs(
    sources: list[dict[str, Any]], records: dict[str, Record], units: list[Unit], jobs: int
) -> None:
    """Give each source its long-term curve, with limits where an observation looked and lists nothing."""
    of_folder = {unit_folder(unit.folder): unit for unit in units}
    by_obsid = {obsid: of_folder[record["folder"]] for obsid, record in records.items()}
    kept = [(look, kept_look(look)) for look in looks_needed(by_obsid, records, sources)]
    taken = do_all(take_look, [look for look, fluxes in kept if fluxes is None], jobs)
    for look, fluxes in (*kept, *taken):
        for number, one in zip(look.sources, fluxes or [], strict=False):
            if one is not None:
                observation = records[look.obsid]["observation"]
                sources[number]["history"]["epochs"].append(epoch(observation, one, listed=False))
    for source in sources:
        epochs = source["history"]["epochs"]
        epochs.sort(key=lambda one: (one["mjd_start"], one["obsid"]))
        source["history"]["facts"] = epoch_facts(epochs)


def _previous(out: Path) -> dict[str, Any] | None:
    try:
        manifest = read_manifest(out)
    except DamagedManifest:
        return None
    return None if check_schema(manifest) else manifest


def _remove_stale(out: Path, previous: dict[str, Any] | None, manifest: dict[str, Any]) -> None:
    """Remove what an earlier manifest lists and this one does not; nothing else is touched."""
    if previous is None:
        return
    stale = _product_paths(previous) - _product_paths(manifest)
    for path in sorted(stale):
        if is_inside(path):
            (out / path).unlink(missing_ok=True)
    kept = {Path(path).parent for path in _product_paths(manifest)}
    for folder in {Path(path).parent for path in stale} - kept:
        for name in (RECORD_NAME, LOOKS_NAME):
            (out / folder / name).unlink(missing_ok=True)
        _remove_if_empty(out / folder)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _product_paths(manifest: dict[str, Any]) -> set[str]:
    products = [product for source in manifest["sources"] for product in source["products"]]
    return {path for product in products for path, _ in files_of(product)}
