"""Which pairs are worth a term: those that explain what the single properties leave unexplained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.densities import IntArray
from classifier.features import FloatArray
from classifier.terms.pairs import CoarseAxis, PairCounts, count_pair, pair_cell

Pair = tuple[int, int]

DECIDED = 1e-3  # a source whose probabilities err by less has nothing left to explain


@dataclass(frozen=True)
class Unexplained:
    """What a model leaves unexplained on its training sources.

    Attributes
    ----------
    rows : ndarray of int of shape (n_open,)
        Sources that are not decided yet.
    y : ndarray of int of shape (n_open,)
        Their classes.
    residual : ndarray of shape (n_open, n_classes)
        Weight times ( [class is true] - P(class) ).
    variance : ndarray of shape (n_open, n_classes)
        Weight times P (1 - P).
    """

    rows: IntArray
    y: IntArray
    residual: FloatArray
    variance: FloatArray

    @classmethod
    def of(cls, rows: IntArray, posterior: FloatArray, y: IntArray, weights: FloatArray) -> "Unexplained":
        """Compare leave-one-out probabilities of some training sources with their classes."""
        residual = np.eye(posterior.shape[1])[y] - posterior
        still = np.abs(residual).max(axis=1) > DECIDED
        scale = weights[still, None]
        variance = posterior * (1 - posterior)
        return cls(rows[still], y[still], scale * residual[still], scale * variance[still])


def choose_pairs(
    axes: Sequence[CoarseAxis],
    candidates: Sequence[Pair],
    sample: tuple[IntArray, FloatArray],
    unexplained: Unexplained,
    *,
    n_pairs: int,
    penalty: float,
) -> list[tuple[Pair, PairCounts]]:
    """The pairs that promise the largest gain of log-loss, with their counts.

    The gain is that of one Newton step of the pair's weight away from 0 under its penalty (a score
    test), with each source's own part taken out of its cell.

    Parameters
    ----------
    axes : sequence of CoarseAxis
        Properties and surveys.
    candidates : sequence of (int, int)
        Pairs of axes.
    sample : (ndarray of int, ndarray) of shape (n_sources,)
        Class indices and weights of the training sources.
    unexplained : Unexplained
        Of the model without pairs.
    n_pairs : int
        Most pairs to keep.
    penalty : float
        Of a pair's weight, in sources.

    Returns
    -------
    list of ((int, int), PairCounts)
        Best first; only those that promise at least one nat.
    """
    if not len(unexplained.rows):
        return []
    found: list[tuple[float, Pair, PairCounts]] = []
    for pair in candidates:
        counts = count_pair(axes[pair[0]], axes[pair[1]], *sample)
        cell = pair_cell(axes[pair[0]].cells, axes[pair[1]].cells, axes[pair[1]].n_cells)
        promise = _gain(counts, cell[unexplained.rows], unexplained, penalty)
        if promise >= 1.0:
            found.append((promise, pair, counts))
    found.sort(key=lambda item: -item[0])
    return [(pair, counts) for _, pair, counts in found[:n_pairs]]


def _gain(counts: PairCounts, cell: IntArray, unexplained: Unexplained, penalty: float) -> float:
    both = cell >= 0
    cell, y, residual = cell[both], unexplained.y[both], unexplained.residual[both]
    evidence, own = counts.increment(), counts.own_increment()
    n_classes, size = evidence.shape[1], evidence.size
    every = (cell[:, None] * n_classes + np.arange(n_classes)).ravel()
    mine = cell * n_classes + y
    summed = np.bincount(every, residual.ravel(), size)
    of_own = np.bincount(mine, residual[np.arange(len(y)), y], size)
    variance = np.bincount(every, unexplained.variance[both].ravel(), size)
    slope = float((summed - of_own) @ evidence.ravel() + of_own @ own.ravel())
    curvature = float(variance @ evidence.ravel() ** 2) + penalty
    return 0.5 * max(slope, 0.0) ** 2 / curvature
