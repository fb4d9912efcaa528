"""Exposure over the field of view: from maps, or from where the events show that the camera looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.bands import BANDS_KEV, NARROW_BANDS
from pipeline.readers.events import EventList
from pipeline.readers.images import SkyImage

PIXEL_ARCSEC: Final = 4.0
HALF_WIDTH_PIXELS: Final = 270
COVERED_SHARE: Final = 0.25
EVENTS_PER_KERNEL: Final = 20.0


@dataclass(frozen=True, eq=False)
class ExposureMap:
    """Seconds per sky pixel.

    Attributes
    ----------
    seconds : ndarray of shape (ny, nx)
        Exposure; zero where the camera did not look.
    wcs : astropy.wcs.WCS
        Celestial coordinates of the pixels.
    energy_kev : tuple of float
        Energy range that it stands for.
    vignetted : bool
        Whether the loss of mirror area off axis is in it.
    """

    seconds: NDArray[np.float64]
    wcs: Any
    energy_kev: tuple[float, float]
    vignetted: bool

    def at(self, column: NDArray[np.float64], row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Exposure in s at pixels counted from 0; zero outside the map."""
        i, j = np.rint(row).astype(np.int64), np.rint(column).astype(np.int64)
        ny, nx = self.seconds.shape
        # Read without a sign, a negative number is a very large one.
        inside = (i.view(np.uint64) < ny) & (j.view(np.uint64) < nx)
        return np.where(inside, self.seconds.ravel().take(i * nx + j, mode="clip"), 0.0)


def from_image(image: SkyImage) -> ExposureMap:
    """An exposure map read from a file (seconds, vignetting included)."""
    seconds = np.where(np.isfinite(image.data), image.data, 0.0)
    return ExposureMap(seconds, image.wcs, image.energy_kev, vignetted=True)


def from_events(events: EventList) -> ExposureMap:
    """A flat map without vignetting: live seconds wherever the smoothed event density shows an open camera.

    Parameters
    ----------
    events : EventList
        Clean events of one camera.

    Returns
    -------
    ExposureMap
        The kernel holds about 20 events, so that thin lists still give a closed field; edges are good to its
        width. The density is compared with a quarter of its median over lit pixels.
    """
    wcs = events.frame.wcs()
    step = PIXEL_ARCSEC / events.frame.arcsec_per_pixel
    size = 2 * HALF_WIDTH_PIXELS
    wcs.wcs.crpix = [HALF_WIDTH_PIXELS + 0.5] * 2
    wcs.wcs.cdelt = [np.sign(d) * PIXEL_ARCSEC / 3600.0 for d in events.frame.cdelt]
    column = np.floor((events.x - events.frame.crpix[0]) / step).astype(np.int64) + HALF_WIDTH_PIXELS
    row = np.floor((events.y - events.frame.crpix[1]) / step).astype(np.int64) + HALF_WIDTH_PIXELS
    inside = (column >= 0) & (column < size) & (row >= 0) & (row < size)
    counts = np.bincount(row[inside] * size + column[inside], minlength=size * size).reshape(size, size)
    live = max(
        (t.seconds * events.live_fraction.get(ccd, 1.0) for ccd, t in events.good_times.items()), default=0.0
    )
    return ExposureMap(np.where(_covered(counts), live, 0.0), wcs, BANDS_KEV[8], vignetted=False)


def _covered(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    field = np.pi * (900.0 / PIXEL_ARCSEC) ** 2
    density = max(counts.sum() / field, 1e-9)
    sigma = float(np.clip(np.sqrt(EVENTS_PER_KERNEL / (4 * np.pi * density)), 3.0, 20.0))
    # Bright sources would drown the field's median, so each pixel counts as at most one event.
    smooth = ndimage.gaussian_filter(np.minimum(counts, 1).astype(np.float64), sigma)
    lit = smooth[counts > 0]
    return smooth > COVERED_SHARE * np.median(lit) if len(lit) else np.zeros(counts.shape, dtype=bool)


def map_for_energy(maps: list[ExposureMap], low_kev: float, high_kev: float) -> ExposureMap:
    """The map that shares most energy with a range; the nearest one where none shares any.

    Parameters
    ----------
    maps : list of ExposureMap
        At least one.
    low_kev, high_kev : float
        The range.

    Returns
    -------
    ExposureMap
        Ties go to the map that is earlier in the list.
    """

    def overlap(one: ExposureMap) -> float:
        # Negative for a map that lies apart, by its distance: "most shared" then means "nearest".
        return min(one.energy_kev[1], high_kev) - max(one.energy_kev[0], low_kev)

    return max(maps, key=overlap)


def maps_of_bands(maps: list[ExposureMap]) -> tuple[ExposureMap, ...]:
    """One map for each of the bands 1..5."""
    return tuple(map_for_energy(maps, *BANDS_KEV[band]) for band in NARROW_BANDS)
