"""Second looks: what an observation saw of sources that it does not list, but another one does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.epochs import measured_flux
from pipeline.errors import PipelineError
from pipeline.inventory import take_inventory
from pipeline.measure.positions import MergedSource, chord, unit_vectors
from pipeline.measure.rates import count_patch
from pipeline.observation import FIELD_ARCSEC
from pipeline.products.curves import json_bytes, plain
from pipeline.products.files import write_atomically
from pipeline.units.detection import cut_patches, labelled, make_field
from pipeline.units.records import Record, unit_folder
from pipeline.units.work import Unit, load

LOOKS_NAME: Final = "looks.json"


@dataclass(frozen=True)
class Look:
    """Places to look at in one observation; plain data, for other processes.

    Attributes
    ----------
    unit : Unit
        The observation's unit.
    obsid : str
        Its identifier.
    key : str
        Hash of the unit's key and the places.
    sources : tuple of int
        Numbers of the sources, in the order of the manifest.
    places : tuple of (float, float)
        Their right ascension and declination, deg.
    """

    unit: Unit
    obsid: str
    key: str
    sources: tuple[int, ...]
    places: tuple[tuple[float, float], ...]


def looks_needed(
    units: dict[str, Unit], records: dict[str, Record], sources: list[dict[str, Any]]
) -> list[Look]:
    """Which observations pointed at sources that they do not list.

    Parameters
    ----------
    units, records : dict
        By observation.
    sources : list of dict
        Entries of the manifest.

    Returns
    -------
    list of Look
        One for each observation, also without places, so that what is out of date is removed.
    """
    places = np.array([(source["ra_deg"], source["dec_deg"]) for source in sources]).reshape(-1, 2)
    stars = unit_vectors(places[:, 0], places[:, 1])
    looks = []
    for obsid, record in records.items():
        entry = record["observation"]
        axis = unit_vectors(np.array([entry["ra_deg"]]), np.array([entry["dec_deg"]]))[0]
        near = np.flatnonzero(np.linalg.norm(stars - axis, axis=1) < chord(FIELD_ARCSEC))
        wanted = tuple(int(n) for n in near if obsid not in sources[n]["observations"])
        found = tuple((sources[n]["ra_deg"], sources[n]["dec_deg"]) for n in wanted)
        digest = hashlib.sha256(json.dumps([record["key"], found]).encode()).hexdigest()
        looks.append(Look(units[obsid], obsid, digest, wanted, found))
    return looks


def kept_look(look: Look) -> list[Any] | None:
    """The fluxes that an earlier run measured at these places; None where there are none.

    What is out of date because there is no place left to look at is removed.
    """
    path = _file(look)
    if look.places:
        return _kept(path, look.key)
    path.unlink(missing_ok=True)
    return []


def take_look(look: Look) -> list[Any]:
    """Measure places of an observation and keep the result.

    Parameters
    ----------
    look : Look
        Observation and places.

    Returns
    -------
    list
        For each place the numbers of `measured_flux`, or None where no camera looked. Empty where the
        observation cannot be read again.
    """
    try:
        fluxes = _measure(look)
    except PipelineError:
        # Its measurements stand; only the limits at other places are missing until it can be read again.
        return []
    write_atomically(_file(look), json_bytes({"key": look.key, "fluxes": fluxes}))
    return fluxes


def _file(look: Look) -> Path:
    return look.unit.out / unit_folder(look.unit.folder) / LOOKS_NAME


def _kept(path: Path, key: str) -> list[Any] | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = isinstance(document, dict) and document.get("key") == key
    return document["fluxes"] if same and isinstance(document.get("fluxes"), list) else None


def _measure(look: Look) -> list[Any]:
    observation = load(take_inventory(look.unit.folder), look.unit)
    listed = [source for source, _ in labelled(observation, look.unit.config.merge_arcsec)]
    field = make_field(observation, listed, "", look.unit.config)
    found: list[Any] = []
    for ra_deg, dec_deg in look.places:
        patches = cut_patches(MergedSource(ra_deg, dec_deg, "", ()), field)
        found.append(plain(measured_flux([count_patch(patch) for patch in patches])) if patches else None)
    return found
