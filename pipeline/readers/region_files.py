"""DS9 region files: point sources, and extended emission that must not be taken for background."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.errors import BadRegionFile, UnreadableFile
from pipeline.readers.images import SkyImage
from pipeline.readers.tables import Position

_SHAPE: Final = re.compile(
    r"^\s*(?P<exclude>-)?(?:(?P<frame>\w+)\s*;\s*)?(?P<shape>circle|ellipse|point)\s*\((?P<numbers>[^)]*)\)",
    re.I,
)
_FRAME: Final = re.compile(
    r"^\s*(image|fk5|icrs|j2000|physical|galactic|ecliptic|detector|linear)\s*;?\s*(?:#.*)?$", re.I
)
_COLOUR: Final = re.compile(r"color\s*=\s*(\w+)", re.I)
_EXTENDED_COLOUR: Final = "green"


@dataclass(frozen=True)
class Ellipse:
    """Extended emission on the sky.

    Attributes
    ----------
    ra_deg, dec_deg : float
        Centre.
    semi_major_arcsec, semi_minor_arcsec : float
        Half axes along the two directions of the region file.
    angle_deg : float
        From west (image +x) towards north, of the first axis.
    """

    ra_deg: float
    dec_deg: float
    semi_major_arcsec: float
    semi_minor_arcsec: float
    angle_deg: float


@dataclass(frozen=True)
class RegionList:
    """What a region file names: point-like positions and extended ellipses."""

    points: tuple[Position, ...]
    extended: tuple[Ellipse, ...]


def read_regions(path: Path, image: SkyImage | None, extended_arcsec: float) -> RegionList:
    """Read circles, ellipses and points of a DS9 region file.

    Parameters
    ----------
    path : Path
        The region file; coordinates in image pixels, fk5 or icrs degrees.
    image : SkyImage or None
        An image of the same field; needed when coordinates are image pixels (counted from 1).
    extended_arcsec : float
        Regions with a larger radius, or drawn in green, are extended emission.

    Returns
    -------
    RegionList
        In the order of the file.

    Raises
    ------
    UnreadableFile, BadRegionFile
        What is wrong, with the line number.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: cannot be read as text ({error}); check the file") from error
    points: list[Position] = []
    extended: list[Ellipse] = []
    frame = "image"
    for number, line in enumerate(lines, start=1):
        declared = _FRAME.match(line)
        frame = declared.group(1).lower() if declared else frame
        shape = _SHAPE.match(line)
        if shape is None or shape["exclude"]:
            continue
        ellipse = _place((shape["frame"] or frame).lower(), _numbers(shape, path, number), image, path)
        colour = _COLOUR.search(line)
        is_green = colour is not None and colour.group(1).lower() == _EXTENDED_COLOUR
        if is_green or max(ellipse.semi_major_arcsec, ellipse.semi_minor_arcsec) > extended_arcsec:
            extended.append(ellipse)
        else:
            points.append(Position(ellipse.ra_deg, ellipse.dec_deg))
    return RegionList(tuple(points), tuple(extended))


def _numbers(shape: re.Match[str], path: Path, line: int) -> tuple[list[float], list[str]]:
    parts = [part.strip() for part in shape["numbers"].split(",")]
    least = {"point": 2, "circle": 3, "ellipse": 5}[shape["shape"].lower()]
    if len(parts) < least:
        raise BadRegionFile(
            f"{path.name} line {line}: {shape['shape']} needs {least} numbers, found {len(parts)}"
        )
    units = [part[-1] if part and part[-1] in "\"'dip" else "" for part in parts]
    try:
        values = [float(part.rstrip("\"'dip")) for part in parts]
    except ValueError as error:
        raise BadRegionFile(f"{path.name} line {line}: {shape['numbers']!r} are not plain numbers") from error
    return values, units


def _place(frame: str, numbers: tuple[list[float], list[str]], image: SkyImage | None, path: Path) -> Ellipse:
    values, units = numbers
    if frame == "image":
        return _from_image(values, image, path)
    if frame not in {"fk5", "icrs", "j2000"}:
        raise BadRegionFile(
            f"{path.name}: coordinates {frame!r} are not supported; save it as image, fk5 or icrs"
        )
    arcsec = {'"': 1.0, "'": 60.0}
    radii = [value * arcsec.get(unit, 3600.0) for value, unit in zip(values[2:4], units[2:4], strict=True)]
    return _ellipse(values[0], values[1], radii, values[4] if len(values) > 4 else 0.0)


def _from_image(values: list[float], image: SkyImage | None, path: Path) -> Ellipse:
    if image is None:
        raise BadRegionFile(
            f"{path.name}: in image pixels, but the folder has no image or exposure map; add one"
        )
    centre: Any = image.wcs.wcs_pix2world([values[0]], [values[1]], 1)
    radii = [value * image.arcsec_per_pixel for value in values[2:4]]
    return _ellipse(float(centre[0][0]), float(centre[1][0]), radii, values[4] if len(values) > 4 else 0.0)


def _ellipse(ra_deg: float, dec_deg: float, radii: list[float], angle_deg: float) -> Ellipse:
    first = radii[0] if radii else 0.0
    second = radii[1] if len(radii) > 1 else first
    return Ellipse(float(np.mod(ra_deg, 360.0)), dec_deg, first, second, float(np.mod(angle_deg, 360.0)))
