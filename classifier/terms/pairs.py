"""What two properties say together beyond what each says alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from classifier.densities import IntArray, spread
from classifier.features import FloatArray

N_CELLS = 32  # per axis
WIDEST = N_CELLS / 4
NARROWEST = 0.7  # cells
LEAST_SPREAD = 0.03  # of the scale
SHRINKAGE = 16.0  # sources, towards the two properties taken apart
CAP = 4.0  # nats; what single properties may promise where two of them have hardly a source
NOWHERE = 1e-3 / N_CELLS**2


@dataclass(frozen=True)
class CoarseAxis:
    """One property, or the detection by one survey, on a coarse grid.

    Attributes
    ----------
    cells : ndarray of int of shape (n_sources,)
        Cell of each training source; -1 where missing.
    smoothing : ndarray of shape (n_classes, n_cells, n_cells)
        What each cell gives to each other, per class.
    """

    cells: IntArray
    smoothing: FloatArray

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return int(self.smoothing.shape[1])


@dataclass(frozen=True)
class PairCounts:
    """Smoothed counts of two axes, and what is expected of them taken apart.

    Attributes
    ----------
    counts : ndarray of shape (n_cells_a * n_cells_b, n_classes)
        Smoothed weights.
    total : ndarray of shape (n_classes,)
        Their sums.
    apart : ndarray of shape (n_cells_a * n_cells_b, n_classes)
        Evidence of the two axes added up, in nats.
    kernel : ndarray of shape (n_cells_a * n_cells_b, n_classes)
        What a source of weight 1 puts into its own cell.
    """

    counts: FloatArray
    total: FloatArray
    apart: FloatArray
    kernel: FloatArray

    def increment(self) -> FloatArray:
        """log( p(a, b | class) / p(a, b) ) minus the evidence of a and of b, per cell and class."""
        return _increment(self.counts, self.total, self.apart, self._pooled)

    def own_increment(self) -> FloatArray:
        """The same for a source of the class itself that has been left out, per cell and class."""
        left = np.maximum(self.counts - self.kernel, 0.0)
        return _increment(left, np.maximum(self.total - 1.0, 0.0), self.apart, self._pooled)

    def leave_one_out(self, cell: IntArray, y: IntArray, own: FloatArray) -> FloatArray:
        """Increment of training sources, each without itself, (n_sources, n_classes)."""
        found, rows = self.increment()[cell], np.arange(len(y))
        left = np.maximum(self.counts[cell, y] - own * self.kernel[cell, y], 0.0)
        total = np.maximum(self.total[y] - own, 0.0)
        found[rows, y] = _increment(left, total, self.apart[cell, y], self._pooled[cell, 0])
        return found

    @property
    def _pooled(self) -> FloatArray:
        return np.asarray(
            self.counts.sum(axis=1, keepdims=True) / max(self.total.sum(), np.finfo(float).tiny)
        )


def _increment(counts: FloatArray, total: FloatArray, apart: FloatArray, pooled: FloatArray) -> FloatArray:
    somewhere = pooled + NOWHERE
    expected = SHRINKAGE * somewhere * np.exp(apart)
    return np.asarray(np.log((counts + expected) / ((total + SHRINKAGE) * somewhere)) - apart)


def coarse_property(
    places: FloatArray, y: IntArray, weights: FloatArray, n_classes: int, widening: float = 1.0
) -> CoarseAxis:
    """Coarse grid of one property over its scale.

    The width of a class falls as n^(-1/6), as is best in two dimensions (Silverman 1986, section 4.3).

    Parameters
    ----------
    places : ndarray of shape (n_sources,)
        Places on the scale, 0 to 1; NaN = missing.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    weights : ndarray of shape (n_sources,)
        Positive weights.
    n_classes : int
        Number of classes.
    widening : float
        Factor on the widths.

    Returns
    -------
    CoarseAxis
    """
    smoothing = np.empty((n_classes, N_CELLS, N_CELLS))
    for k in range(n_classes):
        mine = (y == k) & np.isfinite(places)
        scatter = max(spread(places[mine], weights[mine]), LEAST_SPREAD) if mine.sum() > 1 else 0.2
        width = widening * scatter * max(float(weights[mine].sum()), 1.0) ** (-1 / 6) * (N_CELLS - 1)
        smoothing[k] = gaussian_filter1d(
            np.eye(N_CELLS), float(np.clip(width, NARROWEST, WIDEST)), axis=1, mode="reflect", truncate=4.0
        )
    return CoarseAxis(coarse_cells(places), smoothing)


def coarse_detection(states: IntArray, n_classes: int) -> CoarseAxis:
    """Two cells, not detected and detected; whatever was not covered is missing."""
    cells = np.where(states > 1, -1, states).astype(np.intp)
    return CoarseAxis(cells, np.tile(np.eye(2), (n_classes, 1, 1)))


def coarse_cells(places: FloatArray) -> IntArray:
    """Cell of each place; -1 where missing."""
    cells = (np.fmin(np.fmax(places, 0.0), 1.0 - 0.5 / N_CELLS) * N_CELLS).astype(np.intp)
    cells[np.isnan(places)] = -1
    return cells


def pair_cell(a: IntArray, b: IntArray, n_b: int) -> IntArray:
    """Joint cell of two cells; -1 where one is missing."""
    return np.where((a >= 0) & (b >= 0), a * n_b + b, -1)


def count_pair(a: CoarseAxis, b: CoarseAxis, y: IntArray, weights: FloatArray) -> PairCounts:
    """Smoothed counts of two axes over the training sources.

    Parameters
    ----------
    a, b : CoarseAxis
        The axes, with the cells of the training sources.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    weights : ndarray of shape (n_sources,)
        Positive weights.

    Returns
    -------
    PairCounts
    """
    n_classes, shape = len(a.smoothing), (a.n_cells, b.n_cells)
    cell = pair_cell(a.cells, b.cells, b.n_cells)
    both = cell >= 0
    n = shape[0] * shape[1]
    raw = np.bincount(y[both] * n + cell[both], weights[both], n_classes * n).reshape(n_classes, *shape)
    counts = a.smoothing.transpose(0, 2, 1) @ raw @ b.smoothing
    apart = _alone(counts.sum(axis=2))[:, None, :] + _alone(counts.sum(axis=1))[None, :, :]
    own = (
        np.diagonal(a.smoothing, axis1=1, axis2=2)[:, :, None]
        * np.diagonal(b.smoothing, axis1=1, axis2=2)[:, None, :]
    )
    flat = counts.reshape(n_classes, n).T
    return PairCounts(
        np.ascontiguousarray(flat),
        raw.sum(axis=(1, 2)),
        np.clip(apart.reshape(n, n_classes), -CAP, CAP),
        np.ascontiguousarray(own.reshape(n_classes, n).T),
    )


def _alone(counts: FloatArray) -> FloatArray:
    """Shrunk evidence of one axis from its smoothed counts (n_classes, n_cells); (n_cells, n_classes)."""
    total = counts.sum(axis=1)
    pooled = (counts.sum(axis=0) + NOWHERE) / (total.sum() + NOWHERE * counts.shape[1])
    ratio = (counts + SHRINKAGE * pooled) / ((total[:, None] + SHRINKAGE) * pooled)
    return np.asarray(np.log(ratio).T)


def candidate_pairs(n_properties: int, surveys_of: list[set[int]]) -> Iterator[tuple[int, int]]:
    """Pairs worth a look: any two properties, and a property with a survey it is no part of.

    Parameters
    ----------
    n_properties : int
        Properties, numbered from 0.
    surveys_of : list of set of int
        Properties that each survey measures; surveys are numbered on from `n_properties`.

    Yields
    ------
    a, b : int
    """
    for a in range(n_properties):
        yield from ((a, b) for b in range(a + 1, n_properties))
        yield from ((a, n_properties + g) for g, members in enumerate(surveys_of) if a not in members)
