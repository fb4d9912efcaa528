"""Pictures of the sky in other light, from the CDS service hips2fits, on the frame of the X-ray cut-outs."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from PIL import Image, UnidentifiedImageError

from pipeline.archive.transfer import Line
from pipeline.errors import ArchiveRefused, UnknownProduct
from pipeline.products.curves import json_bytes
from pipeline.products.files import write_atomically
from pipeline.readers.tables import Position

INDEX_NAME: Final = "sky_pictures.json"
SCHEMA: Final = "claxson.sky/1"
SIDE_PIXELS: Final = 400
FIELD_ARCMIN: Final = 4.0  # of the X-ray cut-outs
PANSTARRS_SOUTH_DEG: Final = -29.0


@dataclass(frozen=True)
class SkySurvey:
    """A survey as a colour picture.

    Attributes
    ----------
    view : str
        ultraviolet, optical, near-infrared or infrared.
    hips, survey : str
        Its name at the CDS, and for people.
    bands : tuple of str
        What is red, green and blue.
    date, attribution : str
        When it was taken, and whom to thank.
    """

    view: str
    hips: str
    survey: str
    bands: tuple[str, ...]
    date: str
    attribution: str


_GALEX: Final = SkySurvey(
    "ultraviolet", "CDS/P/GALEXGR6_7/color", "GALEX GR6/7", ("NUV", "FUV"), "2003-2012", "NASA/GALEX; CDS"
)
_PANSTARRS: Final = SkySurvey(
    *("optical", "CDS/P/PanSTARRS/DR1/color-z-zg-g", "Pan-STARRS DR1"),
    *(("z", "z+g", "g"), "2010-2014", "Pan-STARRS1 Surveys; CDS"),
)
_DSS: Final = SkySurvey(
    *("optical", "CDS/P/DSS2/color", "DSS2", ("red", "blue"), "1984-1999"),
    "Digitized Sky Survey, STScI/NASA; colour by CDS",
)
_TWOMASS: Final = SkySurvey(
    *("near-infrared", "CDS/P/2MASS/color", "2MASS", ("K", "H", "J"), "1997-2001"),
    "2MASS, University of Massachusetts and IPAC; CDS",
)
_WISE: Final = SkySurvey(
    *("infrared", "CDS/P/allWISE/color", "AllWISE", ("W4", "W2", "W1"), "2010-2011"),
    "NASA/WISE, UCLA and JPL-Caltech; CDS",
)


def surveys_at(dec_deg: float) -> tuple[SkySurvey, ...]:
    """The surveys that cover a declination, deg."""
    return _GALEX, _PANSTARRS if dec_deg > PANSTARRS_SOUTH_DEG else _DSS, _TWOMASS, _WISE


def fetch_pictures(line: Line, positions: list[Position], folder: Path) -> list[Path]:
    """Fetch the pictures about some positions, with an index that says what they are.

    Parameters
    ----------
    line : Line
        The line to the service.
    positions : list of Position
        X-ray sources.
    folder : Path
        Where the files go. Pictures that its index lists, that are whole and of this field of view are not
        fetched again; those of another one stay until the new ones have come.

    Returns
    -------
    list of Path
        The index; empty without positions.

    Raises
    ------
    NoNetwork, ArchiveRefused
        What stopped it; what came until then is kept and listed. Where a survey did not look is no error.
    """
    if not positions:
        return []
    index = folder / INDEX_NAME
    kept = {entry["file"]: entry for entry in _whole(index)}
    try:
        for position in positions:
            for entry in _of_position(line, position, folder, kept):
                kept[entry["file"]] = entry
    finally:
        entries = sorted(kept.values(), key=lambda entry: str(entry["file"]))
        write_atomically(index, json_bytes({"schema": SCHEMA, "pictures": entries}))
    return [index]


def _of_position(
    line: Line, position: Position, folder: Path, kept: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    for survey in surveys_at(position.dec_deg):
        name = f"sky_{position.ra_deg:.5f}_{position.dec_deg:+.5f}_{survey.view}.jpg"
        if kept.get(name, {}).get("fov_arcmin") != FIELD_ARCMIN:
            try:
                yield _fetch(line, survey, position, folder / name)
            except UnknownProduct:
                continue


def _fetch(line: Line, survey: SkySurvey, position: Position, path: Path) -> dict[str, Any]:
    place = {"ra": f"{position.ra_deg:.6f}", "dec": f"{position.dec_deg:.6f}", "coordsys": "icrs"}
    size = {
        "width": SIDE_PIXELS,
        "height": SIDE_PIXELS,
        "fov": f"{FIELD_ARCMIN / 60:.6f}",
        "projection": "TAN",
    }
    url = f"{line.services.hips}?{urlencode({'hips': survey.hips, **place, **size, 'format': 'jpg'})}"
    content = line.read(url, path.with_name(f".{path.name}.part"))
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError) as error:
        said = content[:120].decode("utf-8", "replace")
        raise ArchiveRefused(f"{url}: no picture came ({said!r}); try again later") from error
    write_atomically(path, content)
    return {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "url": url,
        "ra_deg": round(position.ra_deg, 7),
        "dec_deg": round(position.dec_deg, 7),
        "view": survey.view,
        "survey": survey.survey,
        "bands": list(survey.bands),
        "date": survey.date,
        "attribution": survey.attribution,
        "fov_arcmin": FIELD_ARCMIN,
    }


def _whole(index: Path) -> list[dict[str, Any]]:
    """Entries of an earlier index whose files are unchanged."""
    try:
        document = json.loads(index.read_text(encoding="utf-8"))
        entries = document["pictures"] if document.get("schema") == SCHEMA else []
        return [entry for entry in entries if _digest(index.parent / entry["file"]) == entry["sha256"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
