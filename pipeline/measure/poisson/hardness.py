"""Hardness ratios with errors that hold at few counts."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.poisson.posterior import SourceCounts, source_posterior

LEAST_INFORMATIVE: Final = 0.5
"""Error at which a ratio says little more than that it lies between -1 and 1 (a flat law has 0.58)."""


def hardness_ratios(
    soft: SourceCounts, hard: SourceCounts, exposures_s: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """HR = (hard - soft) / (hard + soft) of two count rates: mean and width of its posterior.

    Parameters
    ----------
    soft, hard : SourceCounts
        Counts of the softer and of the harder band, arrays of shape (...).
    exposures_s : tuple of ndarray of shape (...)
        Exposures that turn the counts of either band into rates.

    Returns
    -------
    tuple of ndarray of shape (...)
        Ratio between -1 and 1, and error, by exact numerical integration (Park et al. 2006, ApJ 652, 610).
        Both NaN where the counts say next to nothing of the ratio (error 0.5 or more).
    """
    soft_counts, soft_chance = source_posterior(soft)
    hard_counts, hard_chance = source_posterior(hard)
    low = (soft_counts / np.asarray(exposures_s[0])[..., None])[..., :, None]
    high = (hard_counts / np.asarray(exposures_s[1])[..., None])[..., None, :]
    ratio = (high - low) / (high + low)
    mean = np.einsum("...i,...ij,...j->...", soft_chance, ratio, hard_chance)
    square = np.einsum("...i,...ij,...j->...", soft_chance, ratio**2, hard_chance)
    error = np.sqrt(np.maximum(square - mean**2, 0.0))
    known = error < LEAST_INFORMATIVE
    return np.where(known, mean, np.nan), np.where(known, error, np.nan)
