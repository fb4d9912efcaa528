"""The sky pixels of event lists (X, Y in 0.05 arcsec) and how they map to other grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.wcs import WCS
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class SkyFrame:
    """A tangent-plane pixel frame, pixels counted from 1 as in FITS.

    Attributes
    ----------
    crval : tuple of float
        Right ascension and declination of the tangent point, deg.
    crpix : tuple of float
        Pixel of the tangent point.
    cdelt : tuple of float
        Pixel size in deg; negative on the first axis, as east is left.
    """

    crval: tuple[float, float]
    crpix: tuple[float, float]
    cdelt: tuple[float, float]

    @property
    def arcsec_per_pixel(self) -> float:
        """Size of a pixel in arcsec."""
        return abs(self.cdelt[1]) * 3600.0

    def wcs(self) -> Any:
        """The frame as an astropy WCS."""
        wcs = WCS(naxis=2)
        wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
        wcs.wcs.cunit = ["deg", "deg"]
        wcs.wcs.crval = self.crval
        wcs.wcs.crpix = self.crpix
        wcs.wcs.cdelt = self.cdelt
        wcs.wcs.set()
        return wcs

    def to_pixel(
        self, ra_deg: ArrayLike, dec_deg: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sky to pixels (X, Y), counted from 1; NaN on the far side of the sky."""
        # The tangent plane written out: a WCS object would take longer to make than all it is asked.
        ra = np.deg2rad(np.atleast_1d(np.asarray(ra_deg, dtype=np.float64)) - self.crval[0])
        dec, pole = (
            np.deg2rad(np.atleast_1d(np.asarray(dec_deg, dtype=np.float64))),
            np.deg2rad(self.crval[1]),
        )
        depth = np.sin(dec) * np.sin(pole) + np.cos(dec) * np.cos(pole) * np.cos(ra)
        depth = np.where(depth > 0, depth, np.nan)
        east = np.rad2deg(np.cos(dec) * np.sin(ra) / depth)
        north = np.rad2deg((np.sin(dec) * np.cos(pole) - np.cos(dec) * np.sin(pole) * np.cos(ra)) / depth)
        return self.crpix[0] + east / self.cdelt[0], self.crpix[1] + north / self.cdelt[1]

    def to_sky(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pixels (X, Y), counted from 1, to right ascension and declination in deg."""
        east = np.deg2rad((np.atleast_1d(np.asarray(x, dtype=np.float64)) - self.crpix[0]) * self.cdelt[0])
        north = np.deg2rad((np.atleast_1d(np.asarray(y, dtype=np.float64)) - self.crpix[1]) * self.cdelt[1])
        pole = np.deg2rad(self.crval[1])
        depth, height = np.cos(pole) - north * np.sin(pole), np.sin(pole) + north * np.cos(pole)
        ra = np.mod(self.crval[0] + np.rad2deg(np.arctan2(east, depth)), 360.0)
        return ra, np.rad2deg(np.arctan2(height, np.hypot(east, depth)))


@dataclass(frozen=True, eq=False)
class LocalMap:
    """The linear map from offsets in one frame to pixels of a grid, good to 0.1 arcsec within arcminutes.

    Attributes
    ----------
    origin : ndarray of shape (2,)
        Grid pixel (counted from 0) of the reference position.
    matrix : ndarray of shape (2, 2)
        Grid pixels per pixel of the frame.
    """

    origin: NDArray[np.float64]
    matrix: NDArray[np.float64]

    def apply(
        self, dx: NDArray[np.float64], dy: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Grid pixels (counted from 0) of offsets in frame pixels."""
        (a, b), (c, d) = self.matrix
        return self.origin[0] + a * dx + b * dy, self.origin[1] + c * dx + d * dy

    def invert(
        self, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Offsets in frame pixels of grid pixels (counted from 0)."""
        (a, b), (c, d) = np.linalg.inv(self.matrix)
        du, dv = u - self.origin[0], v - self.origin[1]
        return a * du + b * dv, c * du + d * dv


def local_map(frame: SkyFrame, x: float, y: float, grid: Any) -> LocalMap:
    """Linearise the way from an event frame to a grid about one position.

    Parameters
    ----------
    frame : SkyFrame
        Frame of the events.
    x, y : float
        Reference position in it.
    grid : astropy.wcs.WCS
        Celestial WCS of the target grid.

    Returns
    -------
    LocalMap
    """
    step = 60.0 / frame.arcsec_per_pixel
    ra, dec = frame.to_sky(np.array([x, x + step, x]), np.array([y, y, y + step]))
    # What `wcs_world2pix` calls after checks that take longer than the three positions.
    pixels = grid.wcs.s2p(np.column_stack([ra, dec]), 0)["pixcrd"].T
    return LocalMap(pixels[:, 0], (pixels[:, 1:] - pixels[:, :1]) / step)
