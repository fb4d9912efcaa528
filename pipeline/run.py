"""A run: folders in, manifest out. One bad file or source never stops the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pipeline import __version__
from pipeline.check import check_files, check_schema, is_inside
from pipeline.config import RunConfig
from pipeline.errors import DamagedManifest, NotExposed, NotMeasurable, PipelineError
from pipeline.inventory import Failure, Folder, InputFile, failure_of, take_inventory
from pipeline.manifest import build_manifest, input_entries, read_manifest, write_manifest
from pipeline.measure.positions import MergedSource, iau_name, merge_positions
from pipeline.observation import Observation, load_observation
from pipeline.products.files import write_atomically
from pipeline.readers.fitsfile import sha256_of
from pipeline.readers.tables import Position, read_positions
from pipeline.source import Field, SourceResult, measure_source

T = TypeVar("T")
Progress = Callable[[list[T], str], Iterable[T]]


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
    """

    folders: tuple[Path, ...]
    out: Path
    sources: Path | None = None
    config: RunConfig = field(default_factory=RunConfig)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run came to: the manifest, and whether it was there already and still fits."""

    manifest: dict[str, Any]
    reused: bool


def silent(items: list[T], label: str) -> Iterable[T]:
    """No progress bar."""
    return items


def run(request: RunRequest, progress: Progress[Any] = silent) -> Outcome:
    """Run the pipeline.

    Parameters
    ----------
    request : RunRequest
        What to run.
    progress : callable
        Wraps a list and a label, as a progress bar does.

    Returns
    -------
    Outcome
        The same input gives the same bytes. If the output folder already holds the result of the same
        input, settings and version, undamaged, it is left alone.

    Raises
    ------
    PipelineError
        The list of positions cannot be read, or the output folder cannot be written. Everything else that
        goes wrong is in the manifest's failures.
    """
    failures: list[Failure] = []
    given = read_positions(request.sources) if request.sources else None
    folders = _inventories(request, failures, progress)
    inputs = input_entries(_all_files(folders, request.sources))
    previous = _previous(request.out)
    if previous and _is_current(previous, inputs, failures, request):
        return Outcome(previous, reused=True)
    observations = _load(folders, request.config, (given, failures), progress)
    sources = _measure(observations, request, failures, progress)
    ordered = [observations[obsid] for obsid in sorted(observations)]
    failures = [*failures, *(failure for one in ordered for failure in one.failures)]
    failures.sort(key=lambda failure: (failure.where, failure.code))
    manifest = build_manifest(inputs, ordered, sources, failures, request.config)
    write_manifest(request.out, manifest)
    _remove_stale(request.out, previous, manifest)
    return Outcome(manifest, reused=False)


def _inventories(request: RunRequest, failures: list[Failure], progress: Progress[Path]) -> list[Folder]:
    folders = []
    for path in progress(sorted({folder.resolve() for folder in request.folders}), "reading folders"):
        try:
            folders.append(take_inventory(path))
        except PipelineError as error:
            failures.append(failure_of(path.name, error))
    return folders


def _all_files(folders: list[Folder], sources: Path | None) -> list[InputFile]:
    files = [file for folder in folders for file in folder.files]
    if sources is not None:
        files.append(InputFile(sources, sources.name, "positions", "", sha256_of(sources)))
    return files


def _previous(out: Path) -> dict[str, Any] | None:
    try:
        manifest = read_manifest(out)
    except DamagedManifest:
        return None
    return None if check_schema(manifest) else manifest


def _is_current(
    previous: dict[str, Any], inputs: list[dict[str, Any]], failures: list[Failure], request: RunRequest
) -> bool:
    """Whether an earlier result still stands: same input, settings and version, and every file whole."""
    same = (
        previous.get("inputs") == inputs
        and previous.get("config_sha256") == request.config.sha256()
        and previous.get("code_version") == __version__
    )
    return same and _same_failures(previous, failures, request) and not check_files(previous, request.out)


def _same_failures(previous: dict[str, Any], failures: list[Failure], request: RunRequest) -> bool:
    """Whether the folders that failed are the same; single files are compared by their hashes."""
    of_sources = {NotExposed.code, NotMeasurable.code}
    known = {failure["where"] for failure in previous["failures"] if failure["code"] not in of_sources}
    asked = {folder.resolve().name for folder in request.folders}
    return {f.where for f in failures} <= known and {where for where in known if "/" not in where} <= asked


def _load(
    folders: list[Folder],
    config: RunConfig,
    state: tuple[list[Position] | None, list[Failure]],
    progress: Progress[Folder],
) -> dict[str, Observation]:
    given, failures = state
    observations: dict[str, Observation] = {}
    for folder in progress(folders, "cleaning events"):
        try:
            observation = _load_one(folder, config, given)
        except PipelineError as error:
            failures += [*folder.failures, failure_of(folder.path.name, error)]
            continue
        if observation.obsid in observations:
            message = (
                f"{folder.path.name}: observation {observation.obsid} was already read from another folder"
            )
            failures.append(Failure(folder.path.name, "duplicate_observation", message))
            continue
        observations[observation.obsid] = observation
    return observations


def _load_one(folder: Folder, config: RunConfig, given: list[Position] | None) -> Observation:
    try:
        return load_observation(folder, config, given)
    except (ArithmeticError, ValueError, LookupError) as error:
        name = folder.path.name
        raise NotMeasurable(f"{name}: {type(error).__name__}: {error}; please report it") from error


def _measure(
    observations: dict[str, Observation],
    request: RunRequest,
    failures: list[Failure],
    progress: Progress[tuple[MergedSource, str]],
) -> list[dict[str, Any]]:
    listed = {obsid: list(observation.positions) for obsid, observation in observations.items()}
    merged = merge_positions(listed, request.config.merge_arcsec)
    positions = np.array([(s.ra_deg, s.dec_deg) for s in merged]).reshape(-1, 2)
    surroundings = Field(observations, positions, request.config)
    entries = []
    for source, name in progress(_named(merged, observations), "measuring sources"):
        try:
            result = _measure_one(source, name, surroundings)
        except PipelineError as error:
            failures.append(failure_of(name, error))
            continue
        for product in result.products:
            write_atomically(request.out / product.path, product.content)
        entries.append(result.entry)
    return entries


def _measure_one(source: MergedSource, name: str, surroundings: Field) -> SourceResult:
    try:
        return measure_source(source, name, surroundings)
    except (ArithmeticError, ValueError, LookupError) as error:
        # Numbers that nobody foresaw in one source must not cost the results of all others.
        raise NotMeasurable(f"{name}: {type(error).__name__}: {error}; please report it") from error


def _named(
    merged: list[MergedSource], observations: dict[str, Observation]
) -> list[tuple[MergedSource, str]]:
    """Sources with their names, unique: sources that share a truncated name get a letter."""
    named = []
    seen: Counter[str] = Counter()
    for source in merged:
        simulated = any(observations[obsid].simulated for obsid in source.observations)
        name = source.name or iau_name(source.ra_deg, source.dec_deg, "SIM" if simulated else "CLX")
        seen[name] += 1
        named.append((source, name if seen[name] == 1 else f"{name}{chr(ord('a') + seen[name] - 1)}"))
    return named


def _remove_stale(out: Path, previous: dict[str, Any] | None, manifest: dict[str, Any]) -> None:
    """Remove products that an earlier manifest lists and this one does not; nothing else is touched."""
    if previous is None:
        return
    stale = _product_paths(previous) - _product_paths(manifest)
    for path in sorted(stale):
        if is_inside(path) and (out / path).is_file():
            (out / path).unlink()


def _product_paths(manifest: dict[str, Any]) -> set[str]:
    sources = manifest.get("sources", [])
    return {str(product["path"]) for source in sources for product in source.get("products", [])}
