"""Doing one unit: from an input folder to products and a record on disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.config import RunConfig
from pipeline.errors import NotExposed, NotMeasurable, PipelineError
from pipeline.inventory import Failure, Folder, failure_of, take_inventory
from pipeline.manifest import failure_entries, input_entries, observation_entry
from pipeline.measure.positions import MergedSource
from pipeline.observation import Observation, load_observation
from pipeline.products.files import write_atomically
from pipeline.readers.tables import Position
from pipeline.ready.observation import load_products
from pipeline.units.detection import Detection, Field, labelled, make_field, measure_detection
from pipeline.units.ready import measure_products
from pipeline.units.records import SCHEMA, current_record, key_of, unit_folder, write_record


@dataclass(frozen=True)
class Unit:
    """One unit of work; plain data, so that it can be handed to another process.

    Attributes
    ----------
    folder : Path
        Input folder.
    out : Path
        Output folder.
    config : RunConfig
        Settings.
    positions : tuple of Position or None
        Positions to use where the folder has no region file.
    positions_sha256 : str
        Hash of their file, or empty.
    """

    folder: Path
    out: Path
    config: RunConfig
    positions: tuple[Position, ...] | None = None
    positions_sha256: str = ""


@dataclass(frozen=True)
class Done:
    """How a unit ended: a record on disk, or a failure of the whole folder; and whether it was there."""

    folder: Path
    reused: bool = False
    failures: tuple[Failure, ...] = ()


def is_done(unit: Unit) -> bool:
    """Whether a unit's record is there, was made of the same input, and all its files are whole."""
    try:
        key = key_of(unit.folder, unit.config, unit.positions_sha256)
    except PipelineError:
        return False
    return current_record(unit.out, unit.folder, key) is not None


def do_unit(unit: Unit) -> Done:
    """Do a unit, whether or not it has been done before.

    Parameters
    ----------
    unit : Unit
        What to do.

    Returns
    -------
    Done
        Errors of the input are in it; nothing is raised for them.
    """
    try:
        key = key_of(unit.folder, unit.config, unit.positions_sha256)
        folder = take_inventory(unit.folder)
    except PipelineError as error:
        return Done(unit.folder, failures=(failure_of(unit.folder.name, error),))
    try:
        observation = load(folder, unit)
    except PipelineError as error:
        return Done(unit.folder, failures=(*folder.failures, failure_of(unit.folder.name, error)))
    detections, failures, notes = _measure_all(observation, unit)
    observation = replace(observation, notes=(*observation.notes, *notes))
    write_record(unit.out, unit.folder, _record((key, folder), observation, detections, failures))
    return Done(unit.folder)


def _record(
    made_of: tuple[str, Folder], observation: Observation, detections: list[Any], failures: list[Failure]
) -> dict[str, Any]:
    key, folder = made_of
    return {
        "schema": SCHEMA,
        "key": key,
        "folder": unit_folder(folder.path),
        "inputs": input_entries(folder.files),
        "observation": observation_entry(observation),
        "notes": list(observation.notes),
        "failures": failure_entries([*observation.failures, *failures]),
        "detections": detections,
    }


def load(folder: Folder, unit: Unit) -> Observation:
    """Read the observation of a unit; `PipelineError` tells what is wrong with it."""
    given = None if unit.positions is None else list(unit.positions)
    loader = load_observation if folder.of_kind("events") else load_products
    try:
        return loader(folder, unit.config, given)
    except (ArithmeticError, ValueError, LookupError) as error:
        raise NotMeasurable(f"{folder.path.name}: {_told(error)}") from error


def _measure_all(
    observation: Observation, unit: Unit
) -> tuple[list[dict[str, Any]], list[Failure], list[str]]:
    """The detections, what failed, and what is worth a note."""
    named = labelled(observation, unit.config.merge_arcsec)
    sources = [source for source, _ in named]
    field = make_field(observation, sources, unit_folder(unit.folder), unit.config)
    entries: list[dict[str, Any]] = []
    failures: list[Failure] = []
    notes: list[str] = []
    for source, label in named:
        try:
            detection = _measure_one(source, label, field)
        except NotExposed as error:
            # The archive's list is of all cameras and exposures, also of those that are not here.
            if _is_archived(source, observation):
                notes.append(str(error))
            else:
                failures.append(failure_of(label, error))
            continue
        except PipelineError as error:
            failures.append(failure_of(label, error))
            continue
        for product in detection.products:
            for path, content in product.files():
                write_atomically(unit.out / path, content)
        entries.append(detection.entry)
    return entries, failures, notes


def _is_archived(source: MergedSource, observation: Observation) -> bool:
    return any(observation.positions[int(key)].number for key, _ in source.members)


def _measure_one(source: MergedSource, label: str, field: Field) -> Detection:
    measure = measure_products if field.observation.from_products else measure_detection
    try:
        return measure(source, label, field)
    except (ArithmeticError, ValueError, LookupError) as error:
        # Numbers that nobody foresaw in one source must not cost the results of all others.
        raise NotMeasurable(f"{label}: {_told(error)}") from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}; please report it"
