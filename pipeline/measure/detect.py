"""Finding sources where no list is given: a sliding cell with Poisson significance.

The image of all cameras is searched with a square cell of 20 arcsec. The background under it comes from a
square ring of 52 to 124 arcsec about it (full widths), corrected for exposure, without the sources of a first
pass. A source is a cell whose chance probability P(at least so many | background) reaches -ln P >= the asked
likelihood, and which is the best one within 20 arcsec. It is a simple finder for single fields; it does not
tell apart sources closer than the cell, nor point sources from bright extended emission.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from pipeline.measure.apertures import Camera
from pipeline.measure.exposure import map_for_energy
from pipeline.readers.skyframe import SkyFrame
from pipeline.readers.tables import Position

PIXEL_ARCSEC: Final = 4.0
HALF_WIDTH: Final = 260
CELL: Final = 5
RING_INNER: Final = 13
RING_OUTER: Final = 31
LEAST_COUNTS: Final = 6
SEARCH_KEV: Final = (0.5, 4.5)


@dataclass(frozen=True)
class Detection:
    """A detected source: ICRS deg, counts in the cell, and -ln of the chance probability."""

    ra_deg: float
    dec_deg: float
    counts: float
    likelihood: float


@dataclass(frozen=True, eq=False)
class Field:
    """Counts and exposure of an observation on one grid of 4 arcsec pixels.

    Attributes
    ----------
    frame : SkyFrame
        Grid, pixels counted from 1.
    counts : ndarray of shape (ny, nx)
        Events.
    exposure_s : ndarray of shape (ny, nx)
        Summed exposure of the cameras.
    """

    frame: SkyFrame
    counts: NDArray[np.float64]
    exposure_s: NDArray[np.float64]


def make_field(cameras: list[Camera]) -> Field:
    """Stack the cameras of one observation in the search band 0.5-4.5 keV.

    Parameters
    ----------
    cameras : list of Camera
        At least one; the grid is centred on the first one's tangent point.

    Returns
    -------
    Field
    """
    size = 2 * HALF_WIDTH + 1
    step = PIXEL_ARCSEC / 3600.0
    frame = SkyFrame(cameras[0].events.frame.crval, (HALF_WIDTH + 1.0, HALF_WIDTH + 1.0), (-step, step))
    counts = np.zeros((size, size))
    exposure = np.zeros((size, size))
    grid_y, grid_x = np.mgrid[1 : size + 1, 1 : size + 1].astype(np.float64)
    sky = frame.to_sky(grid_x.ravel(), grid_y.ravel())
    for camera in cameras:
        events = camera.events
        band = (events.pi_ev >= 1000 * SEARCH_KEV[0]) & (events.pi_ev < 1000 * SEARCH_KEV[1])
        x, y = frame.to_pixel(*events.frame.to_sky(events.x[band], events.y[band]))
        edges = np.arange(size + 1) + 0.5
        counts += np.histogram2d(y, x, [edges, edges])[0]
        chart = map_for_energy(list(camera.maps), *SEARCH_KEV)
        exposure += chart.at(*chart.wcs.wcs_world2pix(*sky, 0)).reshape(size, size)
    return Field(frame, np.where(exposure > 0, counts, 0.0), exposure)


def detect_sources(field: Field, likelihood: float) -> list[Detection]:
    """Find point sources.

    Parameters
    ----------
    field : Field
        Counts and exposure.
    likelihood : float
        Least -ln P of a detection (17 gives about one false source in a thousand fields of 20,000 cells).

    Returns
    -------
    list of Detection
        The most significant first.
    """
    everywhere = np.ones(field.counts.shape, dtype=bool)
    first, _ = _search(field, everywhere, likelihood)
    found = np.zeros(field.counts.shape, dtype=bool)
    found[first] = True
    clear = ~ndimage.binary_dilation(found, iterations=RING_INNER // 2)
    (rows, columns), surface = _search(field, clear, likelihood)
    detections = [_measure(field, surface, int(i), int(j)) for i, j in zip(rows, columns, strict=True)]
    return sorted(detections, key=lambda d: (-d.likelihood, d.ra_deg))


def _search(
    field: Field, clear: NDArray[np.bool_], likelihood: float
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]:
    cell = _box(field.counts, CELL)
    lit = field.exposure_s > 0.2 * field.exposure_s.max()
    ring_counts = _ring(field.counts * clear)
    ring_exposure = _ring(field.exposure_s * clear)
    expected = _box(field.exposure_s, CELL) * ring_counts / np.maximum(ring_exposure, 1e-9)
    expected = np.maximum(expected, 0.05)
    surface = _minus_log_chance(cell, expected)
    # A trace of the counts breaks ties between cells whose chance is the same.
    height = surface + 1e-6 * cell
    peak = height >= ndimage.maximum_filter(height, 2 * CELL + 1)
    rows, columns = np.nonzero(peak & lit & (surface >= likelihood) & (cell >= LEAST_COUNTS))
    return (rows, columns), surface


def _box(image: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    return np.asarray(ndimage.uniform_filter(image, side, mode="constant")) * side**2


def _ring(image: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(_box(image, RING_OUTER) - _box(image, RING_INNER), 0.0)


def _minus_log_chance(counts: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """-ln P(N >= counts); where P underflows, the leading term of the Poisson law."""
    whole = np.rint(counts)
    chance = np.where(whole > 0, special.gammainc(np.maximum(whole, 1.0), expected), 1.0)
    leading = expected - whole * np.log(expected) + special.gammaln(whole + 1.0)
    return np.where(chance > 1e-290, -np.log(np.maximum(chance, 1e-300)), leading)


def _measure(field: Field, surface: NDArray[np.float64], row: int, column: int) -> Detection:
    """Refine the position by the centroid of the counts in a cell and a half about the peak."""
    half = CELL // 2 + 1
    top, left = max(row - half, 0), max(column - half, 0)
    window = field.counts[top : row + half + 1, left : column + half + 1]
    total = max(float(window.sum()), 1.0)
    y = top + 1 + float(np.sum(window.sum(axis=1) * np.arange(window.shape[0]))) / total
    x = left + 1 + float(np.sum(window.sum(axis=0) * np.arange(window.shape[1]))) / total
    ra, dec = field.frame.to_sky(x, y)
    return Detection(float(ra[0]), float(dec[0]), float(window.sum()), float(surface[row, column]))


def as_positions(detections: list[Detection]) -> list[Position]:
    """The positions of detections, without names."""
    return [Position(d.ra_deg, d.dec_deg) for d in detections]
