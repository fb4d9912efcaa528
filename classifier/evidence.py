"""What each property says for each class: the logarithm of p(x | class) / p(x)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.densities import DensityTable, IntArray, interpolate
from classifier.features import FloatArray


@dataclass(frozen=True)
class EvidenceTable:
    """Tabulated evidence, ready to look up.

    Attributes
    ----------
    densities : DensityTable
        Where the grids come from.
    log_ratio : ndarray of shape (n_features, n_grid, n_classes)
        log( p(x | class) / p(x) ) in nats, with shrunk class densities.
    """

    densities: DensityTable
    log_ratio: FloatArray

    @classmethod
    def of(cls, densities: DensityTable) -> "EvidenceTable":
        """Tabulate the evidence of fitted densities."""
        ratio = np.log(densities.shrunk) - np.log(densities.pooled)[:, None, :]
        return cls(densities, np.ascontiguousarray(ratio.transpose(0, 2, 1)))

    def columns(self, X: FloatArray) -> Iterator[tuple[int, npt.NDArray[np.bool_], FloatArray]]:
        """Evidence of one property after another, so that no larger table need be held.

        Parameters
        ----------
        X : ndarray of shape (n_sources, n_features)
            Transformed values; NaN = missing.

        Yields
        ------
        feature : int
        seen : ndarray of bool of shape (n_sources,)
            Rows where the property is measured.
        evidence : ndarray of shape (seen.sum(), n_classes)
            In nats; a value beyond the grid has the evidence of the grid's end.
        """
        for j in range(X.shape[1]):
            seen = np.isfinite(X[:, j])
            if self.densities.step[j] > 0 and seen.any():
                yield j, seen, interpolate(self.log_ratio[j], *self.densities.position(X[seen, j], j))


def leave_one_out_evidence(
    densities: DensityTable, X: FloatArray, y: IntArray, weights: FloatArray
) -> FloatArray:
    """Evidence that each training source would get had it not been in the sample.

    The source's own kernel is taken out of its class and of the pooled density; bandwidths stay.

    Parameters
    ----------
    densities : DensityTable
        Fitted to these very rows.
    X : ndarray of shape (n_sources, n_features)
        Transformed values; NaN = missing.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    weights : ndarray of shape (n_sources,)
        Weights used in the fit. A row of weight w counts as w sources, of which one is left out.

    Returns
    -------
    ndarray of shape (n_features, n_sources, n_classes)
        In nats; zero where missing.
    """
    evidence = np.zeros((X.shape[1], X.shape[0], densities.count.shape[1]))
    own = np.minimum(weights, 1.0)
    for j in range(X.shape[1]):
        seen = np.isfinite(X[:, j])
        if densities.step[j] > 0 and seen.any():
            evidence[j, seen] = _leave_one_out(densities, j, X[seen, j], y[seen], own[seen])
    return evidence


def _leave_one_out(
    densities: DensityTable, feature: int, values: FloatArray, y: IntArray, own: FloatArray
) -> FloatArray:
    cell, fraction = densities.position(values, feature)
    mass = interpolate(np.ascontiguousarray(densities.mass[feature].T), cell, fraction)
    count = np.repeat(densities.count[feature][None, :], len(values), axis=0)
    rows = np.arange(len(values))
    others = np.maximum(count[rows, y] - own, 0.0)
    floor = densities.background / densities.mass.shape[2]
    kernel = (1 - densities.background) * _kernel_at_centre(densities, feature, cell + fraction, y)
    summed = count[rows, y] * (mass[rows, y] - floor) - own * kernel
    # a class of which nothing is left has a weight of zero below, whatever its density
    mass[rows, y] = floor + np.maximum(summed, 0.0) / np.where(others > 1e-9, others, 1.0)
    count[rows, y] = np.where(others > 1e-9, others, 0.0)
    return _log_ratio(mass, count, densities.shrinkage)


def _kernel_at_centre(densities: DensityTable, feature: int, place: FloatArray, y: IntArray) -> FloatArray:
    """Mass that a source's kernel puts on its own bin, its reflections at the grid's ends included."""
    sigma = densities.sigma[feature][y]
    to_mirror = np.stack([place + 0.5, densities.mass.shape[2] - 0.5 - place])
    images = 1.0 + np.exp(-2.0 * (to_mirror / sigma) ** 2).sum(axis=0)
    return np.asarray(images / (np.sqrt(2 * np.pi) * sigma))


def _log_ratio(mass: FloatArray, count: FloatArray, shrinkage: float) -> FloatArray:
    total = count.sum(axis=1, keepdims=True)
    pooled = (count * mass).sum(axis=1, keepdims=True) / np.where(total > 0, total, 1.0)
    shrunk = (count * mass + shrinkage * pooled) / np.maximum(count + shrinkage, np.finfo(float).tiny)
    ratio = np.log(np.where(total > 0, shrunk, 1.0)) - np.log(np.where(total > 0, pooled, 1.0))
    return np.asarray(ratio)
