"""Posterior of a source's counts, the background known from counts beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln, xlogy

BACKGROUND_NODES: Final = 16
SOURCE_NODES: Final = 64
REACH_SIGMA: Final = 6.0
BACKGROUND_PRIOR: Final = 0.5


@dataclass(frozen=True, eq=False)
class SourceCounts:
    """Counts in a source region and beside it; the arrays broadcast.

    Attributes
    ----------
    source, background : ndarray
        Counts in the source and in the background region (the latter need not be whole numbers, as when the
        counts of several cameras are joined).
    ratio : ndarray
        Scale of the background to the source region.
    """

    source: NDArray[np.float64]
    background: NDArray[np.float64]
    ratio: NDArray[np.float64]


def background_nodes(counts: SourceCounts) -> NDArray[np.float64]:
    """Background under the source as equally likely values.

    Parameters
    ----------
    counts : SourceCounts
        Arrays of shape (...).

    Returns
    -------
    ndarray of shape (..., 16)
        Quantiles of the gamma posterior that `background` counts give with Jeffreys' prior.
    """
    share = (np.arange(BACKGROUND_NODES) + 0.5) / BACKGROUND_NODES
    shape = np.asarray(counts.background, dtype=np.float64)[..., None] + BACKGROUND_PRIOR
    return np.asarray(gammaincinv(shape, share) * np.asarray(counts.ratio)[..., None])


def source_posterior(counts: SourceCounts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Posterior of the source's expected counts on a grid, by numerical integration over the background.

    Parameters
    ----------
    counts : SourceCounts
        Arrays of shape (...).

    Returns
    -------
    tuple of ndarray of shape (..., 64)
        Expected source counts, and their probabilities, which sum to one. The prior is Jeffreys' (the -1/2
        power), as the default of Park et al. 2006 (ApJ 652, 610); the grid is uniform in the square root, in
        which that prior is flat.
    """
    source = np.asarray(counts.source, dtype=np.float64)
    background = background_nodes(counts)
    net = source - background.mean(axis=-1)
    width = np.sqrt(source + 1.0) + background.std(axis=-1)
    low = np.sqrt(np.maximum(net - REACH_SIGMA * width, 0.0))
    high = np.sqrt(np.maximum(net, 0.0) + REACH_SIGMA * width)
    share = (np.arange(SOURCE_NODES) + 0.5) / SOURCE_NODES
    value = (low[..., None] + (high - low)[..., None] * share) ** 2
    expected = value[..., :, None] + background[..., None, :]
    seen = source[..., None, None]
    log_chance = xlogy(seen, expected) - expected - gammaln(seen + 1.0)
    log_chance -= log_chance.max(axis=(-2, -1), keepdims=True)
    weight = np.exp(log_chance).sum(axis=-1)
    return value, weight / weight.sum(axis=-1, keepdims=True)
