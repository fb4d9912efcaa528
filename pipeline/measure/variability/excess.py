"""Excess variance and fractional variability of a light curve (Vaughan et al. 2003, MNRAS 345, 1271)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ExcessVariance:
    """Variance beyond the errors.

    Attributes
    ----------
    normalised, normalised_error : float
        Excess variance over the squared mean (equation 8, the square freed of its bias), and its error
        (equation 11), which is that of counting alone, not of the source's chance behaviour; may be negative.
    fractional, fractional_error : float
        Root of it, and its error (equation B2); NaN where the excess is negative.
    bins : int
        Bins that were used.
    """

    normalised: float
    normalised_error: float
    fractional: float
    fractional_error: float
    bins: int


def excess_variance(rate: NDArray[np.float64], error: NDArray[np.float64]) -> ExcessVariance:
    """Measure the variance of a light curve beyond what its errors explain.

    Parameters
    ----------
    rate, error : ndarray of shape (n,)
        Rates and their errors; bins where either is not finite are left out. Errors of few counts should be
        those that the mean expects, not those of each bin, or the excess is biased low.

    Returns
    -------
    ExcessVariance
        All NaN for fewer than two bins or a mean that is not positive.
    """
    good = np.isfinite(rate) & np.isfinite(error)
    number = int(good.sum())
    mean = float(np.mean(rate[good])) if number else 0.0
    if number < 2 or mean <= 0:
        return ExcessVariance(math.nan, math.nan, math.nan, math.nan, number)
    noise = float(np.mean(error[good] ** 2))
    variance = float(np.var(rate[good], ddof=1))
    # The square of a mean of few bins is too large by the variance of that mean.
    square = max(mean**2 - variance / number, 0.5 * mean**2)
    excess, share = (variance - noise) / square, noise / square
    fractional = math.sqrt(excess) if excess > 0 else math.nan
    spread = math.sqrt(2.0 / number * share**2 + 4.0 * share * max(excess, 0.0) / number)
    fractional_error = spread / (2.0 * fractional) if excess > 0 else math.nan
    return ExcessVariance(excess, spread, fractional, fractional_error, number)


def expected_error(
    rate: NDArray[np.float64], error: NDArray[np.float64], exposure_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Errors that a constant source of the same mean would have.

    Parameters
    ----------
    rate, error : ndarray of shape (n,)
        Rates (s-1) and errors; NaN where not exposed.
    exposure_s : ndarray of shape (n,)
        Exposure of each bin, s (any common factor).

    Returns
    -------
    ndarray of shape (n,)
        The mean variance, shared out by inverse exposure; NaN where the rate is.
    """
    good = np.isfinite(rate) & np.isfinite(error) & (exposure_s > 0)
    if not good.any():
        return np.full(len(rate), np.nan)
    seconds = exposure_s[good]
    variance = float(np.sum(error[good] ** 2 * seconds**2) / np.sum(seconds))
    result = np.full(len(rate), np.nan)
    result[good] = np.sqrt(variance / seconds)
    return result
