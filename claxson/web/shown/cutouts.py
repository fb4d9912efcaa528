"""The X-ray picture of a source: what it shows, and where in it the source is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claxson.catalogue.selectors import ShownProduct
from claxson.web.shown.numbers import fixed, written

DEFAULT_SIDE_PX = 256
DEFAULT_RADIUS_PX = 12.0


@dataclass(frozen=True)
class Cutout:
    """The circle is in pixels of the picture; the bands are those drawn red, green and blue."""

    sha256: str
    obsid: str
    width_px: int
    height_px: int
    fov_arcmin: str | None
    bands: tuple[str, ...]
    circle_radius: str
    circle_radius_arcsec: str | None

    @property
    def circle_x(self) -> str:
        return f"{self.width_px / 2:.1f}"

    @property
    def circle_y(self) -> str:
        return f"{self.height_px / 2:.1f}"


def cutout(product: ShownProduct | None) -> Cutout | None:
    """The source is at the centre of its picture; what the product does not tell is left out."""
    if product is None:
        return None
    meta = product.meta
    fov, radius = _number(meta, "fov_arcmin"), _number(meta, "source_radius_arcsec")
    return Cutout(
        sha256=product.sha256,
        obsid=product.obsid,
        width_px=int(_number(meta, "width_px") or DEFAULT_SIDE_PX),
        height_px=int(_number(meta, "height_px") or DEFAULT_SIDE_PX),
        fov_arcmin=None if fov is None else fixed(fov, 1),
        bands=_bands(meta.get("bands_kev")),
        circle_radius=f"{_radius_px(meta, radius):.1f}",
        circle_radius_arcsec=None if radius is None else written(radius),
    )


def _radius_px(meta: Mapping[str, Any], radius_arcsec: float | None) -> float:
    pixel_arcsec = _number(meta, "pixel_arcsec")
    return radius_arcsec / pixel_arcsec if radius_arcsec and pixel_arcsec else DEFAULT_RADIUS_PX


def _bands(bands: Any) -> tuple[str, ...]:
    if not isinstance(bands, Sequence) or len(bands) != 3:
        return ()
    return tuple(f"{written(low)}\N{EN DASH}{written(high)}" for low, high in bands)


def _number(meta: Mapping[str, Any], name: str) -> float | None:
    value = meta.get(name)
    return float(value) if isinstance(value, int | float) else None
