"""Decide for the sake of one class, without touching the probabilities."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.densities import IntArray
from classifier.errors import InvalidSettingError
from classifier.features import FloatArray


@dataclass(frozen=True)
class F1Decision:
    """A rule: one class is chosen when its probability reaches a share of the best other one.

    Attributes
    ----------
    target : int
        Column of the class.
    odds : float
        It wins where P(target) > odds * max of the others; 1 is the usual rule.
    f1 : float
        Its F1 on the sources the rule was made on.
    """

    target: int
    odds: float
    f1: float

    def decide(self, proba: npt.ArrayLike) -> IntArray:
        """Column chosen for each source, from probabilities of shape (n_sources, n_classes)."""
        weighed = np.array(proba, dtype=np.float64)
        weighed[:, self.target] /= self.odds
        return np.asarray(weighed.argmax(axis=1))


def fit_f1_decision(proba: npt.ArrayLike, truth: npt.ArrayLike, target: int) -> F1Decision:
    """The odds that give one class its best F1.

    Parameters
    ----------
    proba : array-like of shape (n_sources, n_classes)
        Probabilities from models that did not see the sources (`cross_validated`): on its own training
        sample a model looks surer than it is.
    truth : array-like of int of shape (n_sources,)
        True columns.
    target : int
        Column of the class.

    Returns
    -------
    F1Decision

    Raises
    ------
    InvalidSettingError
        When no source is of that class, or there is no other class.
    """
    posterior, labels = np.asarray(proba, dtype=np.float64), np.asarray(truth)
    if posterior.shape[1] < 2 or not (labels == target).any():
        raise InvalidSettingError(f"an F1 of class {target} needs sources of it and of another class")
    ratio = _odds(posterior, target)
    order = np.argsort(-ratio, kind="stable")
    right = np.cumsum((labels == target)[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + (labels == target).sum())
    f1[:-1][ratio[order][:-1] == ratio[order][1:]] = 0.0  # equal odds cannot be told apart
    best = int(np.argmax(f1))
    below = ratio[order][best + 1] if best + 1 < len(order) else 0.0
    threshold = np.sqrt(max(ratio[order][best], 1e-12) * max(below, 1e-12))
    return F1Decision(target, float(threshold), float(f1[best]))


def _odds(posterior: FloatArray, target: int) -> FloatArray:
    others = np.delete(posterior, target, axis=1).max(axis=1)
    return np.asarray(posterior[:, target] / np.maximum(others, 1e-12))
