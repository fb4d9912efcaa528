"""Adaptive smoothing with exposure correction.

Fine detail is kept where it stands out from the sky and nowhere else. From the finest kernel to the widest,
each pixel takes the finest one in which its counts exceed the sky's by several sigma; what has been taken
leaves the image before the next kernel is tried, so that a bright source does not bleed into the sky about
it (the scheme of Ebeling, White & Rangarajan 2006, MNRAS 368, 65, with one estimate of the sky for the whole
cut-out). All bands use the kernels that their sum has chosen, so that colours stay together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SCALES_ARCSEC: Final = (5.0, 7.0, 10.0, 14.0, 20.0, 30.0)
SKY_ARCSEC: Final = 20.0
BEGIN_SIGMA, FULL_SIGMA = 3.0, 6.0
ROUNDING_ARCSEC: Final = 3.2
LEAST_SKY: Final = 1e-3

Cube = NDArray[np.float64]
Plane = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Smoothed:
    """A cut-out after smoothing.

    Attributes
    ----------
    rate : ndarray of shape (bands, n, n)
        Count s-1 per pixel.
    sky : float
        Counts per pixel of the sky, all bands together.
    exposure_s : float
        Median exposure of the pixels that have any; 0 when none has.
    """

    rate: Cube
    sky: float
    exposure_s: float


@lru_cache(maxsize=32)
def _kernel(size: int, sigma: float) -> Plane:
    """Matrix of a Gaussian along one axis; K @ image @ K.T smooths both, and outside lies nothing."""
    index = np.arange(size)
    gauss = np.exp(-0.5 * ((index[:, None] - index) / sigma) ** 2)
    return np.asarray(gauss / (sigma * np.sqrt(2 * np.pi)))


def blurred(images: Cube, sigma: float) -> Cube:
    """Images smoothed by a Gaussian of a width in pixels; beyond the edge lies nothing."""
    kernel = _kernel(images.shape[-1], sigma)
    return np.asarray(kernel @ images @ kernel.T)


@lru_cache(maxsize=32)
def kept_share(size: int, sigma: float) -> Plane:
    """What smoothing leaves of an even image of value one: less at the edges."""
    share = blurred(np.ones((size, size)), sigma)
    share.setflags(write=False)
    return share


def smooth_adaptively(counts: Cube, exposure_s: Cube, pixel_arcsec: float) -> Smoothed:
    """Turn counts and exposure into a smooth map of the rate.

    Parameters
    ----------
    counts, exposure_s : ndarray of shape (bands, n, n)
        Events, and seconds with vignetting.
    pixel_arcsec : float
        Size of a pixel.

    Returns
    -------
    Smoothed
        Where nothing was exposed the rate is 0.
    """
    total, seconds = counts.sum(axis=0), exposure_s.mean(axis=0)
    sky_rate = _sky(total, seconds, SKY_ARCSEC / pixel_arcsec)
    rest = np.ones_like(total)
    rate = np.zeros_like(counts)
    if np.array_equal(exposure_s[1:], exposure_s[:-1]):
        # One exposure map for all bands is smoothed once.
        exposure_s = exposure_s[:1]
    for scale in SCALES_ARCSEC:
        sigma = scale / pixel_arcsec
        held, exposed = blurred(counts * rest, sigma), blurred(exposure_s * rest, sigma)
        weight = rest if scale == SCALES_ARCSEC[-1] else rest * _weight(held, exposed, sky_rate, sigma)
        rate += weight * held / np.maximum(exposed, 1e-9)
        rest = rest - weight
    lit = seconds > 0
    middle = float(np.median(seconds[lit])) if lit.any() else 0.0
    return Smoothed(_rounded(rate, ROUNDING_ARCSEC / pixel_arcsec), sky_rate * middle, middle)


def _weight(held: Cube, exposed: Cube, sky_rate: float, sigma: float) -> Plane:
    """From 0, where a kernel holds no more than the sky, to 1, where it surely does."""
    area = 4.0 * np.pi * sigma**2
    expected = np.maximum(sky_rate * exposed.mean(axis=0) * area, LEAST_SKY)
    excess = (held.sum(axis=0) * area - expected) / np.sqrt(expected + 1.0)
    return np.asarray(np.clip((excess - BEGIN_SIGMA) / (FULL_SIGMA - BEGIN_SIGMA), 0.0, 1.0))


def _sky(total: Plane, seconds: Plane, sigma: float) -> float:
    """Sky rate per pixel: the median over the exposed pixels of the broadly smoothed image."""
    lit = seconds > 0
    if not lit.any():
        return 0.0
    ratio = blurred(total, sigma)[lit] / np.maximum(blurred(seconds, sigma)[lit], 1e-9)
    return float(np.median(ratio))


def _rounded(rate: Cube, sigma: float) -> Cube:
    """A last touch of a narrow kernel takes the steps between pixels that took different kernels."""
    return blurred(rate, sigma) / np.maximum(kept_share(rate.shape[-1], sigma), 1e-9)
