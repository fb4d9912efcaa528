"""How good probabilities are, measured on sources that did not train the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

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
    recall: FloatArray
    precision: FloatArray
    f1: FloatArray
    confusion: IntArray


@dataclass(frozen=True)
class Interval:
    """A mean and its bootstrap interval.

    Attributes
    ----------
    mean, low, high : float
        In the unit of the losses.
    level : float
        Probability that the interval is meant to hold.
    """

    mean: float
    low: float
    high: float
    level: float


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


def cross_validated(
    estimator: Any,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    rng: np.random.Generator,
    n_folds: int = 5,
    sample_weight: npt.ArrayLike | None = None,
) -> FloatArray:
    """Probabilities of every source from a model that did not see it.

    Parameters
    ----------
    estimator : scikit-learn classifier
        Cloned for each fold; itself left untouched.
    X : array-like of shape (n_sources, n_features)
        NaN = missing.
    y : array-like of shape (n_sources,)
        Class labels.
    rng : numpy.random.Generator
        Deals the sources to the folds.
    n_folds : int
        Number of folds; each holds its share of every class as nearly as may be.
    sample_weight : array-like of shape (n_sources,), optional
        Weights for the fits.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
        Columns in the order of the sorted labels; 0 for a class absent from a fold's training part.
    """
    table, labels = np.asarray(X, dtype=np.float64), np.asarray(y)
    weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    classes, codes = np.unique(labels, return_inverse=True)
    fold = stratified_folds(codes, n_folds, rng)
    proba = np.zeros((len(labels), len(classes)))
    for k in np.unique(fold):
        train = fold != k
        model = clone(estimator).fit(table[train], labels[train], sample_weight=weights[train])
        proba[~train] = aligned(model.predict_proba(table[~train]), model.classes_, classes)
    return proba


def stratified_folds(codes: IntArray, n_folds: int, rng: np.random.Generator) -> IntArray:
    """Deal sources to folds class by class.

    Parameters
    ----------
    codes : ndarray of int of shape (n_sources,)
        Class indices.
    n_folds : int
        Between 2 and the number of sources.
    rng : numpy.random.Generator
        Shuffles within each class.

    Returns
    -------
    ndarray of int of shape (n_sources,)
        Fold of each source; the folds' sizes, and their shares of each class, differ by one at the most.

    Raises
    ------
    EvaluationError
        For a number of folds out of range.
    """
    if not 2 <= n_folds <= len(codes):
        raise EvaluationError(
            f"{n_folds} folds for {len(codes)} sources; use 2 at least, and no more than sources"
        )
    shuffled = rng.permutation(len(codes))
    dealt = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=np.intp)
    fold[dealt] = np.arange(len(codes)) % n_folds
    return fold


def aligned(proba: FloatArray, own: npt.ArrayLike, classes: npt.ArrayLike) -> FloatArray:
    """Columns of one model put in the order of other classes, 0 for those it does not know.

    Parameters
    ----------
    proba : ndarray of shape (n_sources, n_own)
        Class probabilities.
    own : array-like of shape (n_own,)
        Labels of its columns; all of them among `classes`.
    classes : array-like of shape (n_classes,)
        Labels wanted.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
    """
    wanted = np.asarray(classes).tolist()
    full = np.zeros((len(proba), len(wanted)))
    full[:, class_indices(own, wanted)] = proba
    return full


def paired_bootstrap(
    loss_a: npt.ArrayLike,
    loss_b: npt.ArrayLike,
    rng: np.random.Generator,
    n_resamples: int = 2000,
    level: float = 0.95,
) -> Interval:
    """Interval of the mean difference of two losses on the same sources.

    Percentile bootstrap over sources (Efron & Tibshirani 1993, chapter 13).

    Parameters
    ----------
    loss_a, loss_b : array-like of shape (n_sources,)
        Losses of two models on the same sources in the same order.
    rng : numpy.random.Generator
        Draws the resamples.
    n_resamples : int
        Number of resamples.
    level : float
        Probability that the interval is meant to hold.

    Returns
    -------
    Interval
        Of mean(loss_a - loss_b): negative where a is better.

    Raises
    ------
    EvaluationError
        When the losses differ in shape or are empty.
    """
    a, b = np.asarray(loss_a, dtype=np.float64), np.asarray(loss_b, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise EvaluationError(f"losses of shapes {a.shape} and {b.shape} cannot be paired")
    difference = a - b
    means = [difference[rng.integers(0, len(a), len(a))].mean() for _ in range(n_resamples)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(difference.mean()), float(low), float(high), level)


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
