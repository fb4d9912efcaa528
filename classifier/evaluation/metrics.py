"""How good probabilities are, measured on sources that did not train the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.densities import IntArray
from classifier.errors import EvaluationError
from classifier.features import FloatArray

LEAST_PROBABILITY = 1e-9  # one source given a probability of 0 must not decide alone
CALIBRATION_BINS = 15


@dataclass(frozen=True)
class Metrics:
    """Figures of merit of one set of probabilities.

    Attributes
    ----------
    classes : tuple
        Class labels; the order of everything per class.
    n : int
        Number of sources.
    log_loss : float
        Mean of -log P(true class), nats.
    brier : float
        Mean over sources of sum_k (P_k - [k true])^2, from 0 to 2.
    accuracy, balanced_accuracy : float
        Share right; mean recall of the classes that occur.
    ece : float
        Expected calibration error of the most probable class in 15 equal bins (Guo et al. 2017).
    classwise_ece : float
        Calibration error of every class's probability in 15 equal bins, mean over the classes.
    recall, precision, f1 : ndarray of shape (n_classes,)
        Per class; NaN where a class never occurs (recall) or is never predicted (precision).
    confusion : ndarray of int of shape (n_classes, n_classes)
        Rows the true class, columns the predicted one.
    """

    classes: tuple[Any, ...]
    n: int
    log_loss: float
    brier: float
    accuracy: float
    balanced_accuracy: float
    ece: float
    classwise_ece: float
    recall: FloatArray
    precision: FloatArray
    f1: FloatArray
    confusion: IntArray

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur."""
        return float(np.nanmean(np.where(self.confusion.sum(axis=1) > 0, self.f1, np.nan)))

    def corrected_precision(self, priors: npt.ArrayLike) -> FloatArray:
        """Precision in a catalogue of other class shares, (n_classes,).

        pi_c R_cc / sum_j pi_j R_jc, with R the share of true class j that is called c.

        Parameters
        ----------
        priors : array-like of shape (n_classes,)
            Class shares of the catalogue.
        """
        shares = np.asarray(priors, dtype=np.float64)[:, None] * self.confusion
        named = shares / np.maximum(self.confusion.sum(axis=1, keepdims=True), 1)
        total = named.sum(axis=0)
        return np.asarray(np.divide(np.diag(named), total, out=np.full(len(total), np.nan), where=total > 0))


def evaluate(y_true: npt.ArrayLike, proba: npt.ArrayLike, classes: Sequence[Any]) -> Metrics:
    """Measure probabilities against true classes.

    Parameters
    ----------
    y_true : array-like of shape (n_sources,)
        True class labels. The sources must not have trained the model.
    proba : array-like of shape (n_sources, n_classes)
        Class probabilities.
    classes : sequence of length n_classes
        Labels of the columns.

    Returns
    -------
    Metrics

    Raises
    ------
    EvaluationError
        When there are no sources, shapes differ, or a true class is not among `classes`.
    """
    truth, probabilities = class_indices(y_true, classes), np.asarray(proba, dtype=np.float64)
    if probabilities.shape != (len(truth), len(classes)) or not len(truth):
        raise EvaluationError(f"{len(truth)} true classes and probabilities of shape {probabilities.shape}")
    predicted = probabilities.argmax(axis=1)
    confusion = _confusion(truth, predicted, len(classes))
    recall, precision, f1 = _per_class(confusion)
    return Metrics(
        classes=tuple(classes),
        n=len(truth),
        log_loss=float(log_losses(truth, probabilities).mean()),
        brier=float(((probabilities - np.eye(len(classes))[truth]) ** 2).sum(axis=1).mean()),
        accuracy=float((predicted == truth).mean()),
        balanced_accuracy=float(np.nanmean(recall)),
        ece=_calibration_error(probabilities.max(axis=1), predicted == truth),
        classwise_ece=_classwise_calibration_error(probabilities, truth),
        recall=recall,
        precision=precision,
        f1=f1,
        confusion=confusion,
    )


def class_indices(y: npt.ArrayLike, classes: Sequence[Any]) -> IntArray:
    """Position of each label among the classes.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels.
    classes : sequence
        Class labels in any order.

    Returns
    -------
    ndarray of int of shape (n,)

    Raises
    ------
    EvaluationError
        When a label is not among the classes.
    """
    place = {label: k for k, label in enumerate(np.asarray(classes).tolist())}
    labels = np.asarray(y).tolist()
    unknown = sorted({str(label) for label in labels if label not in place})
    if unknown:
        raise EvaluationError(f"labels {unknown} are not among the classes {list(place)}")
    return np.array([place[label] for label in labels], dtype=np.intp)


def log_losses(truth: IntArray, proba: FloatArray) -> FloatArray:
    """-log P(true class) of each source, with P held above 1e-9.

    Parameters
    ----------
    truth : ndarray of int of shape (n_sources,)
        Class indices.
    proba : ndarray of shape (n_sources, n_classes)
        Class probabilities.

    Returns
    -------
    ndarray of shape (n_sources,)
        In nats.
    """
    return np.asarray(-np.log(np.maximum(proba[np.arange(len(truth)), truth], LEAST_PROBABILITY)))


def _confusion(truth: IntArray, predicted: IntArray, n_classes: int) -> IntArray:
    cells = np.bincount(truth * n_classes + predicted, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes).astype(np.intp)


def _per_class(confusion: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    right, true, named = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    return _share(right, true), _share(right, named), _share(2 * right, true + named)


def _share(part: IntArray, whole: IntArray) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _calibration_error(confidence: FloatArray, right: npt.NDArray[np.bool_]) -> float:
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gap = np.bincount(bins, right - confidence, CALIBRATION_BINS)
    return float(np.abs(gap).sum() / len(confidence))


def _classwise_calibration_error(proba: FloatArray, truth: IntArray) -> float:
    every = [_calibration_error(proba[:, k], truth == k) for k in range(proba.shape[1])]
    return float(np.mean(every))
