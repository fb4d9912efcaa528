"""The W-statistic: Poisson counts of a source, with a Poisson background of unknown shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

TINY = 1e-12
BISECTIONS = 7
INTERPOLATIONS = 2


def background_mean(
    source: NDArray[np.float64],
    background: NDArray[np.float64],
    ratio: NDArray[np.float64],
    model: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The background that fits a bin best, given the model.

    Parameters
    ----------
    source, background : ndarray
        Counts in the source and in the background region.
    ratio : ndarray
        Scale of the background to the source region (areas and exposures).
    model : ndarray
        Counts that the source model expects.

    Returns
    -------
    ndarray
        Expected counts in the background region: the positive root of a quadratic equation (XSPEC manual,
        appendix B, after Wachter, Leach & Kellogg 1979, ApJ 230, 274). Arguments broadcast.
    """
    scale = np.maximum(ratio, TINY)
    total = 1.0 + scale
    linear = total * model - scale * (source + background)
    root = np.sqrt(linear * linear + (4.0 * scale * total * background) * model)
    return np.asarray((root - linear) * (0.5 / (scale * total)))


def w_statistic(
    source: NDArray[np.float64],
    background: NDArray[np.float64],
    ratio: NDArray[np.float64],
    model: NDArray[np.float64],
) -> NDArray[np.float64]:
    """W, summed over the last axis: twice the log-likelihood short of a perfect fit.

    Parameters
    ----------
    source, background, ratio, model : ndarray
        As `background_mean`.

    Returns
    -------
    ndarray
        0 for a perfect fit; differences are distributed as chi-square for enough counts.
    """
    ring = background_mean(source, background, ratio, model)
    expected = np.maximum(model + ratio * ring, TINY)
    ring = np.maximum(ring, TINY)
    misfit = expected - source + xlogy(source, np.maximum(source, TINY)) - xlogy(source, expected)
    misfit = misfit + ring - background + xlogy(background, np.maximum(background, TINY))
    return np.asarray(2.0 * np.sum(misfit - xlogy(background, ring), axis=-1))


def best_norm(
    source: NDArray[np.float64],
    background: NDArray[np.float64],
    ratio: NDArray[np.float64],
    shape: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The factor of a model's shape that makes W least.

    Parameters
    ----------
    source, background, ratio : ndarray of shape (n,)
        As `background_mean`.
    shape : ndarray of shape (..., n)
        Counts that the model expects for a norm of one; each leading index is a model of its own.

    Returns
    -------
    ndarray of shape (...)
        From the zero of the derivative, bracketed by bisection and refined by interpolation, to a part in
        1e4; nearly 0 where the source has no net counts.
    """
    # Bins first: what is the same for all models is then a factor of long rows.
    rows = np.ascontiguousarray(shape.reshape(-1, shape.shape[-1]).T)
    slope_at = _slope(source, background, ratio, rows)
    guess = (source.sum() + 1.0) / np.maximum(rows.sum(axis=0), TINY)
    low, high = np.log(guess) - 9.0, np.log(guess) + 1.0
    below, above = np.full(guess.shape, -1.0), np.full(guess.shape, 1.0)
    for step in range(BISECTIONS + INTERPOLATIONS):
        share = 0.5 if step < BISECTIONS else np.clip(below / (below - above), 0.01, 0.99)
        middle = low + share * (high - low)
        slope = slope_at(np.exp(middle))
        rising = slope > 0
        low, below = np.where(rising, low, middle), np.where(rising, below, slope)
        high, above = np.where(rising, middle, high), np.where(rising, slope, above)
    best = np.exp(low + np.clip(below / (below - above), 0.0, 1.0) * (high - low))
    return np.asarray(best.reshape(shape.shape[:-1]))


def _slope(
    source: NDArray[np.float64],
    background: NDArray[np.float64],
    ratio: NDArray[np.float64],
    rows: NDArray[np.float64],
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Half the derivative of W by the norm, as a function of all models' norms; `rows` has bins first."""
    # The equation of `background_mean`; what does not depend on the norm is worked out once.
    scale = np.maximum(ratio, TINY)
    total = 1.0 + scale
    rising, falling = total[:, None] * rows, (scale * (source + background))[:, None]
    inner, share = (4.0 * scale * background)[:, None] * rising, (ratio * (0.5 / (scale * total)))[:, None]
    seen, whole = source[:, None] * rows, rows.sum(axis=0)

    def at(norm: NDArray[np.float64]) -> NDArray[np.float64]:
        linear = norm * rising
        linear -= falling
        expected = linear * linear
        expected += norm * inner
        np.sqrt(expected, out=expected)
        expected -= linear
        expected *= share
        expected += norm * rows
        np.maximum(expected, TINY, out=expected)
        return np.asarray(whole - np.divide(seen, expected, out=expected).sum(axis=0))

    return at
