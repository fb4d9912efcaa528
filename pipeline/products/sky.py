"""The sky about a source in other light: pictures that lie in the input, or drawn for a simulated sky.

Real sources have real pictures (`pipeline.archive.pictures`); a simulated one has only the list of objects
that the simulation wrote. Each object is then a seeing disc of its magnitude on a noisy sky of its survey's
depth, so that a volunteer sees what a survey would show: a bright star with a halo, a faint smudge, or
nothing.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.config import RunConfig
from pipeline.errors import BadTable, UnreadableFile
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
        ultraviolet, optical or infrared.
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
    SkyView("optical", ("rmag", "bmag"), (22.0, 22.5), 1.2),
    SkyView("infrared", ("w2mag", "w1mag"), (16.7, 17.3), 2.8),
    SkyView("ultraviolet", ("nuvmag", "fuvmag"), (22.0, 21.5), 1.8),
)
BEYOND_BLUE: Final = {"nuvmag": 1.5, "fuvmag": 2.5}
SCHEMA: Final = "claxson.sky/1"
DEPTH_SIGMA: Final = 5.0
SKY_QUALITY: Final = 75  # most of these pictures is noise, which is what costs bytes
WHITE_SIGMA: Final = 400.0
SOFT_SIGMA: Final = 2.0


@dataclass(frozen=True)
class SkyPicture:
    """A picture of the sky that lies in the input: where its middle is, its file, and what is known of it."""

    ra_deg: float
    dec_deg: float
    path: Path
    meta: dict[str, Any]


def read_sky_pictures(path: Path) -> list[SkyPicture]:
    """Read the index of pictures that `python -m pipeline fetch` writes.

    Parameters
    ----------
    path : Path
        ``sky_pictures.json``; the pictures lie beside it.

    Returns
    -------
    list of SkyPicture

    Raises
    ------
    UnreadableFile, BadTable
        What is wrong; a path outside the folder is.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [_picture(entry, path.parent) for entry in _entries(document)]
    except OSError as error:
        raise UnreadableFile(f"{path.name}: cannot be read ({error.strerror}); fetch it again") from error
    except (ValueError, LookupError, TypeError) as error:
        raise BadTable(f"{path.name}: not an index of pictures ({error}); fetch it again") from error


def _entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    if document["schema"] != SCHEMA:
        raise ValueError(f"its schema is {document['schema']}, not {SCHEMA}")
    return list(document["pictures"])


def _picture(entry: dict[str, Any], folder: Path) -> SkyPicture:
    if Path(entry["file"]).name != entry["file"]:
        raise ValueError(f"{entry['file']} is not beside it")
    meta = {name: entry[name] for name in ("view", "survey", "bands", "date", "attribution", "fov_arcmin")}
    return SkyPicture(float(entry["ra_deg"]), float(entry["dec_deg"]), folder / entry["file"], meta)


def picture_variants(
    pictures: tuple[SkyPicture, ...], place: tuple[float, float], base: str, reach_arcsec: float
) -> list[Variant]:
    """The pictures of the input whose middle is at a place, as variants of the cut-out.

    Parameters
    ----------
    pictures : tuple of SkyPicture
        All there are.
    place : tuple of float
        Right ascension and declination of the source, deg.
    base : str
        Path of the pictures without their ending.
    reach_arcsec : float
        How far their middle may lie from it.

    Returns
    -------
    list of Variant
        With survey, bands, date and attribution; a file that is no picture is left out.
    """
    found = []
    for one in pictures:
        east = (one.ra_deg - place[0] + 180.0) % 360.0 - 180.0
        far = np.hypot(east * np.cos(np.deg2rad(place[1])), one.dec_deg - place[1])
        if far * 3600.0 <= reach_arcsec and (pixels := _pixels(one.path)) is not None:
            size = {"width_px": pixels.shape[1], "height_px": pixels.shape[0], "north_up": True}
            path = f"{base}_{one.meta['view']}.webp"
            found.append(Variant("sky", path, webp_bytes(pixels, SKY_QUALITY), {**one.meta, **size}))
    return found


def _pixels(path: Path) -> NDArray[np.uint8] | None:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def sky_variants(
    counterparts: tuple[Counterpart, ...], place: tuple[float, float], base: str, config: RunConfig
) -> list[Variant]:
    """The sky about a simulated source as an ultraviolet, an optical and an infrared picture.

    Parameters
    ----------
    counterparts : tuple of Counterpart
        Objects of the simulated field.
    place : tuple of float
        Right ascension and declination of the centre, deg.
    base : str
        Path of the pictures without their ending.
    config : RunConfig
        Size: the field of view is that of the X-ray cut-out; north up.

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
            webp_bytes(_draw(view, counterparts, place, (config, rng)), SKY_QUALITY),
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
        # Fresh noise for every picture would cost more than all else in it.
        plane = np.roll(_noise(side), tuple(rng.integers(0, side, 2)), axis=(0, 1))
        planes.append(sum((peak * disc for peak, disc in zip(peaks, discs, strict=True)), start=plane))
    red, blue = planes
    colour = np.stack([red, (red + blue) / 2, blue], axis=-1)
    scale = np.float32(255.0 / np.arcsinh(WHITE_SIGMA / SOFT_SIGMA))
    shown = np.arcsinh(np.clip(colour, 0, WHITE_SIGMA) * np.float32(1.0 / SOFT_SIGMA)) * scale
    return np.asarray(np.rint(shown)[::-1], dtype=np.uint8)


@lru_cache(maxsize=4)
def _noise(side: int) -> NDArray[np.float32]:
    """A noisy plane; each picture shows it from another corner on."""
    return np.random.default_rng(side).standard_normal((side, side), dtype=np.float32)


def _field_arcsec(config: RunConfig) -> float:
    return config.cutout_pixels * config.cutout_pixel_arcsec


def _magnitude(one: Counterpart, band: str) -> float:
    """A magnitude; simulated lists have none in the ultraviolet, which goes on as blue goes on from red."""
    steps = BEYOND_BLUE.get(band)
    return float(getattr(one, band)) if steps is None else one.bmag + steps * (one.bmag - one.rmag)


def _signal(counterparts: list[Counterpart], band: str, depth: float) -> NDArray[np.float64]:
    """Peak of each object over the noise of a pixel; nothing where it was not detected."""
    magnitudes = np.array([_magnitude(one, band) for one in counterparts])
    return np.nan_to_num(DEPTH_SIGMA * 10 ** (0.4 * (depth - magnitudes)))


def _profile(centre: float, side: int, sigma: float) -> NDArray[np.float32]:
    """A seeing disc along one axis, peak 1."""
    return np.asarray(np.exp(-0.5 * ((np.arange(1, side + 1) - centre) / sigma) ** 2), dtype=np.float32)
