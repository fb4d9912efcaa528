"""DS9 region files: point sources, and extended emission that must not be taken for background."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from regions import (
    CirclePixelRegion,
    CircleSkyRegion,
    EllipsePixelRegion,
    EllipseSkyRegion,
    PixelRegion,
    PointPixelRegion,
    PointSkyRegion,
    Regions,
)

from pipeline.errors import BadRegionFile, UnreadableFile
from pipeline.readers.images import SkyImage
from pipeline.readers.tables import Position

_EXTENDED_COLOUR: Final = "green"
_SHAPES: Final = (
    CirclePixelRegion,
    CircleSkyRegion,
    EllipsePixelRegion,
    EllipseSkyRegion,
    PointPixelRegion,
    PointSkyRegion,
)
_STUMBLES: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, Warning)


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
        The region file; coordinates in image pixels or any sky frame that DS9 names.
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
        What is wrong.
    """
    points: list[Position] = []
    extended: list[Ellipse] = []
    for region in _parse(path):
        if not region.meta.get("include", 1):
            continue
        ellipse = _place(region, image, path)
        is_green = region.visual.get("edgecolor") == _EXTENDED_COLOUR
        if is_green or max(ellipse.semi_major_arcsec, ellipse.semi_minor_arcsec) > extended_arcsec:
            extended.append(ellipse)
        else:
            points.append(Position(ellipse.ra_deg, ellipse.dec_deg))
    return RegionList(tuple(points), tuple(extended))


def _parse(path: Path) -> list[Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: cannot be read as text ({error}); check the file") from error
    with warnings.catch_warnings():
        # The package skips what it does not understand with a warning; a source must not vanish like that.
        warnings.simplefilter("error")
        try:
            # DS9 takes coordinates without a frame as image pixels.
            return list(Regions.parse(f"image\n{text}", format="ds9"))
        except _STUMBLES as error:
            raise BadRegionFile(f"{path.name}: {error}; save it from DS9 as image, fk5 or icrs") from error


def _place(region: Any, image: SkyImage | None, path: Path) -> Ellipse:
    if not isinstance(region, _SHAPES):
        raise BadRegionFile(
            f"{path.name}: {type(region).__name__} is not a circle, ellipse or point; remove it from the file"
        )
    if isinstance(region, PixelRegion):
        if image is None:
            raise BadRegionFile(
                f"{path.name}: in image pixels, but the folder has no image or exposure map; add one"
            )
        centre = image.wcs.wcs_pix2world([region.center.x], [region.center.y], 0)
        return _ellipse(region, (float(centre[0][0]), float(centre[1][0])), image.arcsec_per_pixel)
    sky = region.center.icrs
    return _ellipse(region, (float(sky.ra.deg), float(sky.dec.deg)), None)


def _ellipse(region: Any, centre: tuple[float, float], pixel_arcsec: float | None) -> Ellipse:
    if hasattr(region, "radius"):
        axes = (region.radius, region.radius)
    else:
        axes = (region.width / 2, region.height / 2) if hasattr(region, "width") else (0.0, 0.0)
    radii = [_arcsec(axis, pixel_arcsec) for axis in axes]
    angle = float(region.angle.to_value("deg")) if hasattr(region, "angle") else 0.0
    return Ellipse(
        float(np.mod(centre[0], 360.0)), centre[1], radii[0], radii[1], float(np.mod(angle, 360.0))
    )


def _arcsec(length: Any, pixel_arcsec: float | None) -> float:
    if pixel_arcsec is not None:
        return float(length) * pixel_arcsec
    return float(length.to_value("arcsec")) if hasattr(length, "to_value") else 0.0
