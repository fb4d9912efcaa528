"""Cut-outs as counts and exposure, in three bands, all cameras together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import COLOUR_BANDS_KEV
from pipeline.config import RunConfig
from pipeline.measure.apertures import Camera
from pipeline.measure.exposure import ExposureMap, map_for_energy
from pipeline.readers.skyframe import LocalMap, SkyFrame, local_map


@dataclass(frozen=True, eq=False)
class Cutout:
    """Images of one source in three bands.

    Attributes
    ----------
    counts : ndarray of shape (3, n, n), float64
        Events of all cameras; row 0 is the south edge, column 0 the east edge.
    exposure_s : ndarray of shape (3, n, n), float64
        Summed exposure of the cameras.
    frame : SkyFrame
        Celestial coordinates, pixels counted from 1; the source is exactly at the centre.
    """

    counts: NDArray[np.float64]
    exposure_s: NDArray[np.float64]
    frame: SkyFrame


def centred_frame(ra_deg: float, dec_deg: float, pixels: int, pixel_arcsec: float) -> SkyFrame:
    """The tangent plane of a square image, north up and east left, with a position at its centre.

    Parameters
    ----------
    ra_deg, dec_deg : float
        ICRS position of the centre.
    pixels : int
        Side in pixels.
    pixel_arcsec : float
        Size of a pixel.

    Returns
    -------
    SkyFrame
    """
    middle, step = pixels / 2 + 0.5, pixel_arcsec / 3600.0
    return SkyFrame((ra_deg, dec_deg), (middle, middle), (-step, step))


def make_cutout(cameras: list[Camera], ra_deg: float, dec_deg: float, config: RunConfig) -> Cutout:
    """Cut three images about a position out of all cameras of an observation.

    Parameters
    ----------
    cameras : list of Camera
        At least one.
    ra_deg, dec_deg : float
        ICRS position.
    config : RunConfig
        Size and pixels.

    Returns
    -------
    Cutout
    """
    size = config.cutout_pixels
    frame = centred_frame(ra_deg, dec_deg, size, config.cutout_pixel_arcsec)
    counts = np.zeros((len(COLOUR_BANDS_KEV), size, size))
    exposure = np.zeros_like(counts)
    for camera in cameras:
        x, y = (float(v[0]) for v in camera.events.frame.to_pixel(ra_deg, dec_deg))
        to_grid = _to_grid(camera.events.frame, (x, y), frame)
        counts += _count(camera, (x, y), to_grid, config)
        exposure += _expose(camera, (x, y), to_grid, size)
    return Cutout(counts, exposure, frame)


def _to_grid(events: SkyFrame, at: tuple[float, float], grid: SkyFrame) -> LocalMap:
    """From offsets in the events' frame to pixels of the grid, counted from 0."""
    step = 60.0 / events.arcsec_per_pixel
    sky = events.to_sky(at[0] + step * np.array([0, 1, 0]), at[1] + step * np.array([0, 0, 1]))
    pixels = np.array(grid.to_pixel(*sky)) - 1.0
    return LocalMap(pixels[:, 0], (pixels[:, 1:] - pixels[:, :1]) / step)


def _count(
    camera: Camera, at: tuple[float, float], to_grid: LocalMap, config: RunConfig
) -> NDArray[np.float64]:
    events, size = camera.events, config.cutout_pixels
    # The half diagonal covers the square whatever the angle between the frames.
    reach = 0.75 * size * config.cutout_pixel_arcsec / events.frame.arcsec_per_pixel
    near = camera.near(*at, reach)
    offsets = events.x[near] - at[0], events.y[near] - at[1]
    column, row = (np.rint(v).astype(np.int64) for v in to_grid.apply(*offsets))
    edges = np.array([low for low, _ in COLOUR_BANDS_KEV] + [COLOUR_BANDS_KEV[-1][1]])
    band = np.searchsorted(edges, events.pi_ev[near] / 1000.0, side="right") - 1
    inside = (column >= 0) & (column < size) & (row >= 0) & (row < size)
    inside &= (band >= 0) & (band < len(COLOUR_BANDS_KEV))
    cell = ((band * size + row) * size + column)[inside]
    shape = (len(COLOUR_BANDS_KEV), size, size)
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)


def _expose(camera: Camera, at: tuple[float, float], to_grid: LocalMap, size: int) -> NDArray[np.float64]:
    pixels = np.arange(size, dtype=np.float64)
    offsets = to_grid.invert(pixels[None, :], pixels[:, None])
    maps = [map_for_energy(list(camera.maps), low, high) for low, high in COLOUR_BANDS_KEV]
    # Often one map stands for all bands.
    distinct = {id(chart): chart for chart in maps}
    sampled = {key: _sample(camera, chart, at, offsets) for key, chart in distinct.items()}
    return np.array([sampled[id(chart)] for chart in maps])


def _sample(
    camera: Camera,
    chart: ExposureMap,
    at: tuple[float, float],
    offsets: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    return chart.at(*local_map(camera.events.frame, *at, chart.wcs).apply(*offsets))
