"""How sure the votes make one, learnt without knowing any truth.

Rules that multiply the votes' likelihoods take them as independent given the class. On a hard item they are
not: people err together, and the product is too sure of itself. All log-odds are therefore multiplied by one
T <= 1, which leaves every label as it is: each vote is predicted from the rest of its item's votes, and the T
that predicts best is kept. (Temperature scaling, Guo et al. 2017, ICML, with held-out votes in the place of
held-out truth.)
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from classifier.aggregation.softmax import softmax_rows
from classifier.aggregation.votes import UNKNOWN, FloatArray, IntArray, Votes

TEMPERATURES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1)
LEAST_GAIN = 1.0  # nats in all that one more parameter has to earn (Akaike 1974)
FOLDS = 5
MOST_VOTES = 20_000  # more would not tell neighbouring temperatures apart any better


def thinned(n_votes: int) -> IntArray:
    """Evenly spaced positions of at most `MOST_VOTES` votes, (n_kept,)."""
    return np.arange(0, n_votes, max(1, -(-n_votes // MOST_VOTES)))


def held_out(votes: Votes) -> Iterator[tuple[Votes, IntArray]]:
    """Parts of the votes to learn from, and the positions of those left out of each.

    Each item's votes are spread over all parts; votes on items of known class are never left out, for they
    are not predicted from other votes.

    Parameters
    ----------
    votes : Votes
        All votes.

    Yields
    ------
    kept : Votes
        Four fifths of the votes, same items and voters.
    left_out : ndarray of int
        Positions of the rest.
    """
    order = np.lexsort((votes.label, votes.voter, votes.item))
    fold = np.empty(len(order), dtype=np.intp)
    fold[order] = np.arange(len(order)) % FOLDS
    fold[votes.gold[votes.item] != UNKNOWN] = FOLDS
    for number in range(FOLDS):
        kept = fold != number
        part = replace(votes, item=votes.item[kept], voter=votes.voter[kept], label=votes.label[kept])
        yield part, np.flatnonzero(~kept)


def choose_temperature(log_prior: FloatArray, others: FloatArray, likelihood: FloatArray) -> float:
    """Factor on the log-odds with which the other votes on an item predict each vote best.

    Parameters
    ----------
    log_prior : ndarray of shape (n_classes,) or (n_votes, n_classes)
        Logarithm of the class shares.
    others : ndarray of shape (n_votes, n_classes)
        Evidence, in nats, of the other votes on the vote's item, for each class.
    likelihood : ndarray of shape (n_votes, n_classes)
        Probability of the vote under each class, of a voter judged by his other votes.

    Returns
    -------
    float
        From 0.1 to 1; 1 unless less predicts better by more than chance would.
    """
    if not len(others):
        return 1.0
    scores = np.array([_score(t * (log_prior + others), likelihood) for t in TEMPERATURES])
    best = int(scores.argmax())
    return TEMPERATURES[best] if scores[best] > scores[0] + LEAST_GAIN else 1.0


def _score(log_odds: FloatArray, likelihood: FloatArray) -> float:
    predicted = (softmax_rows(log_odds) * likelihood).sum(axis=1)
    return float(np.log(np.maximum(predicted, 1e-300)).sum())
