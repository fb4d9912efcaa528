"""Hardness ratios."""

from __future__ import annotations

import math


def hardness_ratio(soft: tuple[float, float], hard: tuple[float, float]) -> tuple[float, float]:
    """HR = (hard - soft) / (hard + soft) of two count rates, with its error.

    Parameters
    ----------
    soft, hard : tuple of float
        Rate and error of the softer and of the harder band.

    Returns
    -------
    tuple of float
        Ratio in [-1, 1] and error in (0, 1], by Gaussian propagation. A rate below zero, which only noise
        makes, counts as zero. Both NaN when neither band has a positive rate, or one is missing.
    """
    low, high = max(soft[0], 0.0), max(hard[0], 0.0)
    total = low + high
    if not (total > 0 and math.isfinite(total) and math.isfinite(soft[1]) and math.isfinite(hard[1])):
        return math.nan, math.nan
    error = 2.0 * math.hypot(high * soft[1], low * hard[1]) / total**2
    # Near zero rates the linear formula runs away; a ratio is never less certain than half its range.
    return (high - low) / total, min(error, 1.0)
