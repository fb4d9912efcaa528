"""Upper limits where nothing is seen, and what could have been seen."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, gammainccinv

from pipeline.measure.poisson.posterior import SourceCounts, background_nodes

BISECTIONS: Final = 30


def upper_limit(source: ArrayLike, expected: ArrayLike, confidence: float = 0.95) -> NDArray[np.float64]:
    """Upper limit of a source's counts over a background that is known exactly.

    Parameters
    ----------
    source : array_like
        Counts in the source region.
    expected : array_like
        Background counts expected there.
    confidence : float
        Probability that the true value is lower.

    Returns
    -------
    ndarray
        Bayesian limit with a flat prior for positive values (Kraft, Burrows & Nousek 1991, ApJ 374, 344, for
        an interval that begins at zero). It is never negative, and 3.0 for no counts at 95 %.
    """
    shape = np.asarray(source, dtype=np.float64) + 1.0
    floor = np.asarray(expected, dtype=np.float64)
    return np.asarray(gammainccinv(shape, (1.0 - confidence) * gammaincc(shape, floor)) - floor)


def upper_limit_beside(counts: SourceCounts, confidence: float = 0.95) -> NDArray[np.float64]:
    """Upper limit of a source's counts over a background that was counted beside it.

    Parameters
    ----------
    counts : SourceCounts
        Arrays of shape (...).
    confidence : float
        Probability that the true value is lower.

    Returns
    -------
    ndarray of shape (...)
        As `upper_limit`, integrated over what the background may be.
    """
    background = background_nodes(counts)
    source = np.asarray(counts.source, dtype=np.float64)
    shape = source[..., None] + 1.0
    allowed = (1.0 - confidence) * gammaincc(shape, background).mean(axis=-1)
    low = np.zeros(allowed.shape)
    high = np.full(allowed.shape, 20.0) + source + 12.0 * np.sqrt(source + 1.0)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        above = gammaincc(shape, middle[..., None] + background).mean(axis=-1) > allowed
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(0.5 * (low + high))


def detectable_counts(expected: ArrayLike, likelihood: float = 10.0) -> NDArray[np.float64]:
    """Fewest source counts that would have been a detection.

    Parameters
    ----------
    expected : array_like
        Background counts expected in the source region, not negative.
    likelihood : float
        -ln P(at least so many counts | background) of a detection; 10 is about four sigma (Carrera et al.
        2007, A&A 469, 27, appendix A).

    Returns
    -------
    ndarray
        n - background for the smallest whole n that reaches the likelihood.
    """
    floor = np.asarray(expected, dtype=np.float64)
    chance = np.exp(-likelihood)
    low, high = np.zeros(floor.shape), np.ceil(floor + 20.0 * np.sqrt(floor + likelihood) + 5.0 * likelihood)
    while np.any(high - low > 1):
        middle = np.floor(0.5 * (low + high))
        enough = (middle > 0) & (gammainc(np.maximum(middle, 1.0), floor) <= chance)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high - floor)
