"""Where probabilities can be trusted: reliability curves, and figures for parts of a sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.densities import IntArray
from classifier.evaluation.metrics import Metrics, class_indices, evaluate
from classifier.features import FloatArray


@dataclass(frozen=True)
class ReliabilityCurve:
    """Promised and kept probabilities of one class.

    Attributes
    ----------
    promised : ndarray of shape (n_bins,)
        Mean probability of the sources in each bin; NaN where there are none.
    kept : ndarray of shape (n_bins,)
        Share of them that are of the class.
    error : ndarray of shape (n_bins,)
        Standard error of that share (Wilson).
    n : ndarray of int of shape (n_bins,)
        Sources in each bin.
    """

    promised: FloatArray
    kept: FloatArray
    error: FloatArray
    n: IntArray


def reliability_curve(
    y_true: npt.ArrayLike, proba: npt.ArrayLike, classes: Sequence[Any], label: Any, n_bins: int = 10
) -> ReliabilityCurve:
    """Reliability of one class's probability in equal bins.

    Parameters
    ----------
    y_true : array-like of shape (n_sources,)
        True class labels.
    proba : array-like of shape (n_sources, n_classes)
        Class probabilities.
    classes : sequence of length n_classes
        Labels of the columns.
    label : class label
        The class.
    n_bins : int
        Number of bins.

    Returns
    -------
    ReliabilityCurve
    """
    k = list(classes).index(label)
    said = np.asarray(proba, dtype=np.float64)[:, k]
    true = (class_indices(y_true, classes) == k).astype(np.float64)
    bins = np.minimum((said * n_bins).astype(np.intp), n_bins - 1)
    n = np.bincount(bins, minlength=n_bins)
    some = np.where(n > 0, n, np.nan)
    kept = np.bincount(bins, true, n_bins) / some
    error = np.sqrt(kept * (1 - kept) / some + 1 / (4 * some**2)) / (1 + 1 / some)
    return ReliabilityCurve(np.bincount(bins, said, n_bins) / some, kept, error, n.astype(np.intp))


def evaluate_slices(
    y_true: npt.ArrayLike,
    proba: npt.ArrayLike,
    classes: Sequence[Any],
    slices: Mapping[str, npt.NDArray[np.bool_]],
) -> dict[str, Metrics]:
    """The figures of parts of a sample: without counterpart, with few counts, near the plane.

    Parameters
    ----------
    y_true, proba, classes
        As in `evaluate`.
    slices : mapping of str to ndarray of bool of shape (n_sources,)
        Sources of each part; empty ones are left out of the answer.

    Returns
    -------
    dict of str to Metrics
    """
    labels, probabilities = np.asarray(y_true), np.asarray(proba, dtype=np.float64)
    return {
        name: evaluate(labels[part], probabilities[part], classes)
        for name, part in slices.items()
        if part.any()
    }
