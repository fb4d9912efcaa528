"""The rules side by side on items whose class is known: which one suits this crowd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.aggregation.aggregate import METHODS, aggregate_votes
from classifier.aggregation.votes import FloatArray, IntArray
from classifier.errors import VoteError

LEAST_PROBABILITY = 1e-9  # one item given a probability of 0 must not decide alone
CALIBRATION_BINS = 15


@dataclass(frozen=True)
class Score:
    """How good one rule's posterior is on the items of known class.

    Attributes
    ----------
    method : str
        The rule.
    n : int
        Items of known class that have votes.
    accuracy : float
        Share of them whose most probable class is the true one.
    macro_f1 : float
        Mean over the classes that occur of 2 right / (named + true).
    log_loss : float
        Mean of -log P(true class), nats.
    ece : float
        Expected calibration error of the most probable class in 15 equal bins (Guo et al. 2017).
    """

    method: str
    n: int
    accuracy: float
    macro_f1: float
    log_loss: float
    ece: float


def score_rules(
    votes: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    n_classes: int,
    truth: Mapping[int, int],
    methods: Sequence[str] = tuple(METHODS),
) -> tuple[Score, ...]:
    """Score rules on the same votes; none of them sees the truth.

    Parameters
    ----------
    votes : tuple of three array-likes of int of shape (n_votes,)
        Item, voter and label of each vote, as `aggregate_votes` takes them.
    n_classes : int
        Number of classes.
    truth : mapping of item to class
        Known classes; items without votes are passed over.
    methods : sequence of str
        Rules to compare, keys of `METHODS`.

    Returns
    -------
    tuple of Score
        One per method, in the given order.

    Raises
    ------
    VoteError
        When no item of known class has a vote, or a class is out of range.
    """
    results = (aggregate_votes(*votes, n_classes, method) for method in methods)
    return tuple(
        score_posterior(r.method, *_known_rows(r.items, r.posterior, truth, n_classes)) for r in results
    )


def score_posterior(method: str, posterior: FloatArray, truth: IntArray) -> Score:
    """Score a posterior against the true classes.

    Parameters
    ----------
    method : str
        Name of the rule.
    posterior : ndarray of shape (n, n_classes)
        Class probabilities.
    truth : ndarray of int of shape (n,)
        True classes.

    Returns
    -------
    Score
    """
    named, confidence = posterior.argmax(axis=1), posterior.max(axis=1)
    given = np.maximum(posterior[np.arange(len(truth)), truth], LEAST_PROBABILITY)
    return Score(
        method,
        len(truth),
        float((named == truth).mean()),
        float(np.mean([_f1(named, truth, k) for k in np.unique(truth)])),
        float(-np.log(given).mean()),
        _calibration_error(confidence, named == truth),
    )


def _known_rows(
    items: IntArray, posterior: FloatArray, truth: Mapping[int, int], n_classes: int
) -> tuple[FloatArray, IntArray]:
    rows = [row for row, item in enumerate(items.tolist()) if item in truth]
    classes = np.array([truth[int(items[row])] for row in rows], dtype=np.intp)
    if not rows:
        raise VoteError("no item of known class has a vote: there is nothing to score on")
    if classes.min() < 0 or classes.max() >= n_classes:
        raise VoteError(f"a true class is not in [0, {n_classes})")
    return posterior[rows], classes


def _f1(named: IntArray, truth: IntArray, k: int) -> float:
    right = np.sum((named == k) & (truth == k))
    return float(2 * right / (np.sum(named == k) + np.sum(truth == k)))


def _calibration_error(confidence: FloatArray, right: npt.NDArray[np.bool_]) -> float:
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    gap = np.bincount(bins, confidence - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gap).sum() / len(confidence))
