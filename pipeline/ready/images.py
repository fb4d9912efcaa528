"""Images of the five bands as if they were event lists, so that one way of measuring serves both.

Each count becomes an event in its pixel, of an energy inside its band. Positions inside the pixel follow an
even, fixed sequence: they are not known, and counts heaped on pixel centres would draw a grid.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import BANDS_KEV, NARROW_BANDS
from pipeline.errors import MalformedFits
from pipeline.measure.apertures import Camera, camera_of
from pipeline.measure.exposure import ExposureMap, from_events
from pipeline.measure.goodtime import good_time
from pipeline.readers.events import MJD_REFERENCE, EventList
from pipeline.readers.images import SkyImage
from pipeline.readers.skyframe import SkyFrame
from pipeline.ready.origin import Origin

EVEN: Final = (0.7548776662466927, 0.5698402909980532)
"""Steps of the two-dimensional golden-ratio sequence, which fills a square evenly."""
EDGE_KEV: Final = 0.01


def band_of_image(image: SkyImage) -> int:
    """Number of the narrow band that an image stands for; 0 for any other range."""
    edges = {band: BANDS_KEV[band] for band in NARROW_BANDS}
    same = [band for band, edge in edges.items() if np.allclose(edge, image.energy_kev, atol=EDGE_KEV)]
    return same[0] if same else 0


def camera_of_images(images: dict[int, SkyImage], origin: Origin, maps: list[ExposureMap]) -> Camera:
    """One camera of which only images are at hand.

    Parameters
    ----------
    images : dict of int to SkyImage
        By band, all five of one exposure.
    origin : Origin
        Of one of them.
    maps : list of ExposureMap
        Of the same exposure; may be empty.

    Returns
    -------
    Camera
        Its times are of no meaning; its sky pixels are those of the images.

    Raises
    ------
    MalformedFits
        The images are not on one grid of a tangent plane, north up.
    """
    first = images[NARROW_BANDS[0]]
    frame = _frame(first)
    if any(one.data.shape != first.data.shape or _frame(one) != frame for one in images.values()):
        raise MalformedFits(f"{first.name}: the images of the five bands are not on one grid")
    parts = [_counts(images[band].data, sum(BANDS_KEV[band]) / 2) for band in NARROW_BANDS]
    x, y, energy = (np.concatenate(part) for part in zip(*parts, strict=True))
    deepest = max((float(one.seconds.max()) for one in maps), default=0.0)
    begin, end = (86400.0 * (mjd - MJD_REFERENCE) for mjd in origin.span_mjd)
    nothing = np.zeros(len(x), dtype=np.int64)
    events = EventList(
        name=first.name,
        obsid=origin.obsid,
        camera=origin.camera,
        exposure_id=origin.exposure_id,
        filter_name=origin.filter_name,
        target=origin.target,
        ra_pnt_deg=origin.pointing[0],
        dec_pnt_deg=origin.pointing[1],
        simulated=origin.simulated,
        frame=frame,
        time=np.full(len(x), begin),
        x=x,
        y=y,
        pi_ev=energy,
        flag=nothing,
        pattern=nothing,
        ccd=nothing,
        good_times={0: good_time([begin], [begin + (deepest or end - begin)])},
        live_fraction={0: 1.0},
    )
    return camera_of(events, maps or [from_events(events)])


def _frame(image: SkyImage) -> SkyFrame:
    wcs = image.wcs.wcs
    if list(wcs.ctype)[:2] != ["RA---TAN", "DEC--TAN"] or not np.allclose(wcs.get_pc()[:2, :2], np.eye(2)):
        raise MalformedFits(f"{image.name}: not a tangent plane with north up; leave it out")
    value, pixel, step = ((float(v[0]), float(v[1])) for v in (wcs.crval, wcs.crpix, wcs.cdelt))
    return SkyFrame(value, pixel, step)


def _counts(
    image: NDArray[np.float64], energy_kev: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    row, column = np.nonzero(image > 0)
    number = np.rint(image[row, column]).astype(np.int64)
    row, column = np.repeat(row, number), np.repeat(column, number)
    within = np.mod(np.outer(EVEN, np.arange(len(row)) + 1.0), 1.0) - 0.5
    return column + 1.0 + within[0], row + 1.0 + within[1], np.full(len(row), 1000.0 * energy_kev)
