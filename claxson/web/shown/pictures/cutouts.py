"""The X-ray picture of a source: what it shows, and where in it the source is."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claxson.catalogue.selectors import ShownProduct
from claxson.web.shown.numbers import fixed, written
from claxson.web.shown.pictures.skyviews import Frame, SkyView, missing_views, sky_views
from claxson.web.shown.variants import Variant, variants

DEFAULT_SIDE_PX = 256
DEFAULT_RADIUS_PX = 12.0
OFFSETS = ("east_arcsec", "north_arcsec")
# A source has these only where it has a counterpart.
OF_COUNTERPARTS = ("log_fx_fb", "log_fx_fr", "log_fx_fw1", "log_fx_fw2", "proper_motion_masyr")
Features = Mapping[str, float | None]


@dataclass(frozen=True)
class Band:
    """The same picture in one energy band; `number` is its place, from 1."""

    number: int
    energies: str
    sha256: str


@dataclass(frozen=True)
class Counterpart:
    """Where it lies in the picture, in pixels; empty where that is not known; `text` says so in words."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Cutout:
    """The circle is in pixels of the picture; the colours are the bands drawn red, green and blue."""

    sha256: str
    obsid: str
    width_px: int
    height_px: int
    fov_arcmin: str | None
    colours: tuple[str, ...]
    bands: tuple[Band, ...]
    counts_sha256: str
    small_sha256: str
    counterpart: Counterpart
    sky: tuple[SkyView, ...]
    missing: tuple[str, ...]
    circle_radius: str
    circle_radius_arcsec: str | None

    @property
    def circle_x(self) -> str:
        return f"{self.width_px / 2:.1f}"

    @property
    def circle_y(self) -> str:
        return f"{self.height_px / 2:.1f}"


def cutout(product: ShownProduct | None, features: Features) -> Cutout | None:
    """The source is at the centre of its picture; what the product does not tell is left out."""
    if product is None:
        return None
    meta = product.meta
    fov, radius = _number(meta, "fov_arcmin"), _number(meta, "source_radius_arcsec")
    frame = Frame(_side(meta, "width_px"), _side(meta, "height_px"), fov)
    sky = tuple(sky_views(variants(meta, "sky"), frame))
    return Cutout(
        sha256=product.sha256,
        obsid=product.obsid,
        width_px=frame.width_px,
        height_px=frame.height_px,
        fov_arcmin=None if fov is None else fixed(fov, 1),
        colours=_colours(meta.get("bands_kev")),
        bands=tuple(_bands(variants(meta, "band"))),
        counts_sha256=_first(variants(meta, "counts")),
        small_sha256=_first(variants(meta, "small")),
        counterpart=_counterpart(meta, frame, features),
        sky=sky,
        missing=missing_views(sky),
        circle_radius=f"{_radius_px(meta, radius):.1f}",
        circle_radius_arcsec=None if radius is None else written(radius),
    )


def _counterpart(meta: Mapping[str, Any], frame: Frame, features: Features) -> Counterpart:
    """North is up, east to the left."""
    radius, pixel_arcsec = _number(meta, "counterpart_radius_arcsec"), _number(meta, "pixel_arcsec")
    if radius is None or pixel_arcsec is None:
        return Counterpart("", "", _unplaced(features))
    place = meta.get("counterpart")
    east, north = (_number(place, name) for name in OFFSETS) if isinstance(place, Mapping) else (None, None)
    if east is None or north is None:
        said = _("No counterpart is known within %(radius)s″ of the X-ray source.")
        return Counterpart("", "", said % {"radius": written(radius)})
    x, y = frame.width_px / 2 - east / pixel_arcsec, frame.height_px / 2 - north / pixel_arcsec
    said = _("The cross marks the counterpart, %(distance)s″ from the X-ray source.")
    return Counterpart(f"{x:.1f}", f"{y:.1f}", said % {"distance": fixed(math.hypot(east, north), 1)})


def _unplaced(features: Features) -> str:
    """Where the picture does not tell, the numbers may."""
    if any(features.get(name) is not None for name in OF_COUNTERPARTS):
        return _("A counterpart is known, but its exact place is not stored.")
    return _("No counterpart is known.")


def _first(listed: list[Variant]) -> str:
    return str(listed[0]["sha256"]) if listed else ""


def _bands(listed: list[Variant]) -> Iterator[Band]:
    for number, variant in enumerate(listed, start=1):
        yield Band(number, _energies(variant.get("energy_kev")) or str(number), variant["sha256"])


def _side(meta: Mapping[str, Any], name: str) -> int:
    return int(_number(meta, name) or DEFAULT_SIDE_PX)


def _radius_px(meta: Mapping[str, Any], radius_arcsec: float | None) -> float:
    pixel_arcsec = _number(meta, "pixel_arcsec")
    return radius_arcsec / pixel_arcsec if radius_arcsec and pixel_arcsec else DEFAULT_RADIUS_PX


def _colours(bands: Any) -> tuple[str, ...]:
    if not isinstance(bands, Sequence) or len(bands) != 3:
        return ()
    return tuple(_energies(band) for band in bands)


def _energies(band: Any) -> str:
    if not isinstance(band, Sequence) or len(band) != 2:
        return ""
    return f"{written(band[0])}\N{EN DASH}{written(band[1])}"


def _number(meta: Mapping[str, Any], name: str) -> float | None:
    value = meta.get(name)
    return float(value) if isinstance(value, int | float) else None
