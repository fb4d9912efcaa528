"""Optical and infrared pictures of a simulated sky, drawn from its counterparts.

Real sources have real pictures of the sky; a simulated one has only the list of objects that the simulation
wrote. Each object is a seeing disc of its magnitude on a noisy sky of its survey's depth, so that a volunteer
sees what a survey would show: a bright star with a halo, a faint smudge, or nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.config import RunConfig
from pipeline.products.cutout import centred_frame
from pipeline.products.files import Variant
from pipeline.products.pictures import webp_bytes
from pipeline.readers.tables import Counterpart


@dataclass(frozen=True)
class SkyView:
    """A survey's way of looking.

    Attributes
    ----------
    name : str
        optical or infrared.
    colours : tuple of str
        Magnitudes drawn red, green and blue; green is the mean of the two others.
    depth : tuple of float
        Magnitudes of a five-sigma source, red and blue.
    seeing_arcsec : float
        Sigma of the seeing disc.
    """

    name: str
    colours: tuple[str, str]
    depth: tuple[float, float]
    seeing_arcsec: float


VIEWS: Final = (
    SkyView("optical", ("rmag", "bmag"), (22.0, 22.5), 0.9),
    SkyView("infrared", ("w2mag", "w1mag"), (16.7, 17.3), 2.8),
)
DEPTH_SIGMA: Final = 5.0
WHITE_SIGMA: Final = 3000.0
SOFT_SIGMA: Final = 3.0
SHARE_OF_FIELD: Final = 0.5


def sky_variants(
    counterparts: tuple[Counterpart, ...], place: tuple[float, float], base: str, config: RunConfig
) -> list[Variant]:
    """The sky about a simulated source as an optical and an infrared picture.

    Parameters
    ----------
    counterparts : tuple of Counterpart
        Objects of the simulated field.
    place : tuple of float
        Right ascension and declination of the centre, deg.
    base : str
        Path of the pictures without their ending.
    config : RunConfig
        Size: half the field of view of the X-ray cut-out, as these telescopes see sharper; north up.

    Returns
    -------
    list of Variant
        With survey, bands and attribution; empty where the field has no list of objects.
    """
    if not counterparts:
        return []
    side = config.cutout_sky_pixels
    fov = _field_arcsec(config) / 60.0
    meta: dict[str, Any] = {"width_px": side, "height_px": side, "fov_arcmin": fov, "north_up": True}
    meta |= {"survey": "simulated", "attribution": "Simulated"}
    # Deep or shallow, a picture's noise must not change from run to run.
    rng = np.random.default_rng(zlib.crc32(base.encode()))
    return [
        Variant(
            "sky",
            f"{base}_{view.name}.webp",
            webp_bytes(_draw(view, counterparts, place, (config, rng))),
            {"view": view.name, "bands": list(view.colours), **meta},
        )
        for view in VIEWS
    ]


def _draw(
    view: SkyView,
    counterparts: tuple[Counterpart, ...],
    place: tuple[float, float],
    how: tuple[RunConfig, np.random.Generator],
) -> NDArray[np.uint8]:
    config, rng = how
    side = config.cutout_sky_pixels
    pixel = _field_arcsec(config) / side
    frame = centred_frame(*place, side, pixel)
    x, y = frame.to_pixel(*np.array([(one.position.ra_deg, one.position.dec_deg) for one in counterparts]).T)
    sigma = view.seeing_arcsec / pixel
    reach = side / 2 + 6 * sigma
    # Objects behind the observer have no place; those out of view are most, and cost as much as the others.
    near = np.flatnonzero((np.abs(x - side / 2) < reach) & (np.abs(y - side / 2) < reach))
    discs = [_profile(y[n], side, sigma)[:, None] * _profile(x[n], side, sigma) for n in near]
    planes = []
    for band, depth in zip(view.colours, view.depth, strict=True):
        peaks = _signal([counterparts[n] for n in near], band, depth)
        plane = rng.standard_normal((side, side), dtype=np.float32)
        planes.append(sum((peak * disc for peak, disc in zip(peaks, discs, strict=True)), start=plane))
    red, blue = planes
    colour = np.stack([red, (red + blue) / 2, blue], axis=-1)
    shown = np.arcsinh(np.clip(colour, 0, WHITE_SIGMA) / SOFT_SIGMA) / np.arcsinh(WHITE_SIGMA / SOFT_SIGMA)
    return np.asarray(np.rint(255 * shown)[::-1], dtype=np.uint8)


def _field_arcsec(config: RunConfig) -> float:
    return config.cutout_pixels * config.cutout_pixel_arcsec * SHARE_OF_FIELD


def _signal(counterparts: list[Counterpart], band: str, depth: float) -> NDArray[np.float64]:
    """Peak of each object over the noise of a pixel; nothing where it was not detected."""
    magnitudes = np.array([getattr(one, band) for one in counterparts])
    return np.nan_to_num(DEPTH_SIGMA * 10 ** (0.4 * (depth - magnitudes)))


def _profile(centre: float, side: int, sigma: float) -> NDArray[np.float32]:
    """A seeing disc along one axis, peak 1."""
    return np.asarray(np.exp(-0.5 * ((np.arange(1, side + 1) - centre) / sigma) ** 2), dtype=np.float32)
