"""What lies in an input folder: each file's kind, told by its content first and its name second."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.errors import NoEventList, PipelineError, UnreadableFile
from pipeline.readers.events import CAMERAS
from pipeline.readers.fitsfile import is_fits_name, opened_fits, sha256_of

_CAMERA_IN_NAME: Final = re.compile(r"(?:^|[_\d])(PN|M1|M2|MOS1|MOS2)(?=[_SUX\d.-])", re.I)
_TABLES: Final = {
    "counterparts.csv": "counterparts",
    "galaxies.csv": "galaxies",
    "sky_pictures.json": "sky_pictures",
}
_SOURCE_LIST: Final = re.compile(r"(OBSMLI|EMSRLI|EBMSLI|EMLLIS|_emllist)", re.I)
_SPECTRAL: Final = {
    "SPECTRUM": "spectrum",
    "SPECRESP": "area",
    "MATRIX": "matrix",
    "SPECRESP MATRIX": "matrix",
}
READY: Final = ("image", "spectrum", "lightcurve")
"""Products of which something can be made without an event list."""
_SHORT: Final = {"PN": "PN", "M1": "M1", "M2": "M2", "MOS1": "M1", "MOS2": "M2"}


@dataclass(frozen=True)
class InputFile:
    """One input file.

    Attributes
    ----------
    path : Path
        Where it is.
    label : str
        Path relative to the parent of its input folder, for the manifest.
    kind : str
        events, image, exposure, regions, flare_background, gti, source_list, spectrum, area, matrix,
        lightcurve, counterparts, galaxies, sky_pictures, positions, unreadable.
    camera : str
        ``PN``, ``M1``, ``M2``, or empty when it is of no camera.
    sha256 : str
        Hash of its bytes; empty when they cannot be read at all.
    """

    path: Path
    label: str
    kind: str
    camera: str
    sha256: str


@dataclass(frozen=True)
class Failure:
    """Something that went wrong and did not stop the rest: where, a short code, and a message."""

    where: str
    code: str
    message: str


@dataclass(frozen=True)
class Folder:
    """One input folder.

    Attributes
    ----------
    path : Path
        Where it is.
    files : tuple of InputFile
        The files that were recognised, sorted by name.
    failures : tuple of Failure
        Files that could not be read.
    """

    path: Path
    files: tuple[InputFile, ...]
    failures: tuple[Failure, ...]

    def of_kind(self, kind: str) -> list[InputFile]:
        """The files of a kind, sorted by name."""
        return [one for one in self.files if one.kind == kind]


def failure_of(where: str, error: PipelineError) -> Failure:
    """An error as an entry of the manifest's list of failures."""
    return Failure(where, error.code, str(error))


def is_candidate(path: Path) -> bool:
    """Whether a path of an input folder is looked at: files that are not hidden."""
    return not path.name.startswith(".") and path.is_file()


def take_inventory(folder: Path) -> Folder:
    """Recognise the files of a folder.

    Parameters
    ----------
    folder : Path
        A folder of PPS or SAS products; folders inside it are not entered.

    Returns
    -------
    Folder

    Raises
    ------
    UnreadableFile
        The folder cannot be listed.
    NoEventList
        It has neither an event list nor an image, a spectrum or a light curve (and none that failed to open,
        which would be a failure of its own).
    """
    try:
        paths = sorted(path for path in folder.iterdir() if is_candidate(path))
    except OSError as error:
        raise UnreadableFile(f"{folder.name}: cannot be listed ({error.strerror}); give a folder") from error
    files: list[InputFile] = []
    failures: list[Failure] = []
    for path in paths:
        label = f"{folder.name}/{path.name}"
        try:
            kind, camera = _recognise(path)
        except PipelineError as error:
            failures.append(failure_of(label, error))
            kind, camera = "unreadable", ""
        if kind:
            files.append(InputFile(path, label, kind, camera, _hash(path)))
    if any(one.kind == "events" for one in files):
        # Curves are then made of the events.
        files = [one for one in files if one.kind != "lightcurve"]
    elif not failures and not any(one.kind in READY for one in files):
        kinds = Counter(one.kind for one in files)
        found = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing to use"
        raise NoEventList(
            f"{folder.name}: no EPIC event list here (found: {found}); add a *EVLI* or *clean_evts* file"
        )
    return Folder(folder, tuple(files), tuple(failures))


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except UnreadableFile:
        return ""


def _recognise(path: Path) -> tuple[str, str]:
    name = path.name.lower()
    if name.endswith(".reg"):
        return "regions", ""
    if name in _TABLES:
        return _TABLES[name], ""
    if name.endswith("sources.csv"):
        return "positions", ""
    if not is_fits_name(path):
        return "", ""
    with opened_fits(path) as hdus:
        return _kind_of_fits(hdus, path.name), _camera_of(hdus, path.name)


def _kind_of_fits(hdus: Any, name: str) -> str:
    names = [hdu.name for hdu in hdus]
    primary = hdus[0].header
    if "EVENTS" in names:
        return "events"
    if int(primary.get("NAXIS", 0)) == 2:
        content = f"{primary.get('CONTENT', '')} {name}".lower()
        return "exposure" if "exposure map" in content or "expmap" in content else _image_kind(content)
    if "RATE" in names and (curve := _curve_kind(hdus["RATE"], name)):
        return curve
    if _is_source_list(hdus, name):
        return "source_list"
    spectral = next((_SPECTRAL[one] for one in names if one in _SPECTRAL), "")
    if spectral:
        return "" if str(primary.get("INSTRUME", "")).startswith("RGS") else spectral
    is_intervals = len(hdus) > 1 and str(hdus[1].header.get("HDUCLAS1", "")).strip().upper() == "GTI"
    return "gti" if is_intervals or "_gti" in name.lower() else ""


def _curve_kind(hdu: Any, name: str) -> str:
    if "FLCUTTHR" in hdu.header or "FBKTSR" in name.upper():
        return "flare_background"
    columns = getattr(getattr(hdu, "columns", None), "names", ())
    return "lightcurve" if {"TIME", "RATE", "ERROR"} <= set(columns) else ""


def _is_source_list(hdus: Any, name: str) -> bool:
    """A list of EPIC sources as the archive names it, or as the SAS does; not one of the Optical Monitor."""
    tables = [hdu for hdu in hdus[1:] if hasattr(hdu, "columns")]
    placed = any({"RA", "DEC"} <= {column.upper() for column in hdu.columns.names} for hdu in tables)
    instruments = {str(hdu.header.get("INSTRUME", "")).strip() for hdu in hdus[:2]}
    named = _SOURCE_LIST.search(name) is not None or "SRCLIST" in [hdu.name for hdu in tables]
    return placed and named and not instruments & {"OM", "RGS1", "RGS2"} and "OMX" not in name.upper()


def _image_kind(content: str) -> str:
    other = ("bkgmap", "detmsk", "background map", "detector mask")
    return "" if any(word in content for word in other) else "image"


def _camera_of(hdus: Any, name: str) -> str:
    for hdu in hdus[:2]:
        instrument = str(hdu.header.get("INSTRUME", "")).strip()
        if instrument in CAMERAS:
            return CAMERAS[instrument]
    found = _CAMERA_IN_NAME.search(name)
    return _SHORT[found.group(1).upper()] if found else ""
