"""How sure the votes make one, learnt without knowing any truth.

Rules that multiply the votes' likelihoods are too sure of themselves, for two reasons. Votes on a hard item
repeat each other's errors: as for any correlated sample, n votes are worth n / (1 + (n - 1) rho) independent
ones (design effect; Kish 1965, "Survey Sampling", section 5.4). And habits learnt from few votes are
flattered by the very labels they make: all log-odds then need one factor below 1 (temperature scaling; Guo et
al. 2017, ICML). Both leave the labels as they are. Each vote is predicted from the rest of its item's votes,
and the factors that predict best are kept: held-out votes stand in the place of held-out truth.

A vote can also be badly predicted because its voter slipped, or is known from too few votes, however sure
the item is. Without a share of such votes in the model, doubt about the item would have to account for them,
and good crowds would be called unsure: the share is fitted along with the factors and then forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from classifier.aggregation.softmax import softmax_rows
from classifier.aggregation.votes import UNKNOWN, FloatArray, IntArray, Votes

SCALES = (1.0, 0.9, 0.8, 0.65, 0.5, 0.4, 0.3)
DEPENDENCES = (0.0, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.4)
SLIPS = (0.0, 0.01, 0.02, 0.05, 0.1)  # share of votes that say nothing about their item
LEAST_GAIN = 2.0  # nats in all that two more parameters have to earn (Akaike 1974)
FOLDS = 5
MOST_VOTES = 20_000  # more would not tell neighbouring values apart any better


def thinned(n_votes: int) -> IntArray:
    """Evenly spaced positions of at most `MOST_VOTES` votes, (n_kept,)."""
    return np.arange(0, n_votes, max(1, -(-n_votes // MOST_VOTES)))


def held_out(votes: Votes) -> Iterator[tuple[Votes, IntArray]]:
    """Parts of the votes to learn from, and the positions of those left out of each.

    Each item's votes are spread over all parts, those that a voter repeats on an item stay together; votes on
    items of known class are never left out, for they are not predicted from other votes.

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
    order = np.lexsort((votes.voter, votes.item))
    item, voter = votes.item[order], votes.voter[order]
    other = np.concatenate([[0], (np.diff(item) != 0) | (np.diff(voter) != 0)])[: len(order)]
    fold = np.empty(len(order), dtype=np.intp)
    fold[order] = np.cumsum(other, dtype=np.intp) % FOLDS
    fold[votes.gold[votes.item] != UNKNOWN] = FOLDS
    for number in range(FOLDS):
        kept = fold != number
        part = replace(votes, item=votes.item[kept], voter=votes.voter[kept], label=votes.label[kept])
        yield part, np.flatnonzero(~kept)


@dataclass(frozen=True)
class Calibration:
    """What an item's log-odds are multiplied by.

    Attributes
    ----------
    scale : float
        Factor for all items alike, at most 1.
    dependence : float
        Correlation rho of the votes on an item, from 0 (independent) to 1 (all the same).
    """

    scale: float = 1.0
    dependence: float = 0.0

    def factor(self, n_votes: npt.ArrayLike) -> FloatArray:
        """Factor on the log-odds of items by their number of votes.

        Parameters
        ----------
        n_votes : array-like of int of shape (n,)
            Votes on each item.

        Returns
        -------
        ndarray of shape (n,)
            1 for items nobody voted on.
        """
        counted = np.asarray(n_votes, dtype=np.float64)
        further = np.maximum(counted - 1.0, 0.0)
        return np.asarray(np.where(counted > 0, self.scale / (1.0 + self.dependence * further), 1.0))


UNCALIBRATED = Calibration()
CANDIDATES = tuple(Calibration(scale, dependence) for scale in SCALES for dependence in DEPENDENCES)


def choose_calibration(log_odds: FloatArray, n_votes: FloatArray, likelihood: FloatArray) -> Calibration:
    """The calibration with which the other votes on an item predict each vote best.

    Parameters
    ----------
    log_odds : ndarray of shape (n_votes, n_classes)
        Log-odds of the vote's item without the vote, in nats.
    n_votes : ndarray of shape (n_votes,)
        Votes those rest on.
    likelihood : ndarray of shape (n_votes, n_classes)
        Probability of the vote under each class, of a voter judged by his other votes.

    Returns
    -------
    Calibration
        That of independent votes unless another predicts better by more than chance would.
    """
    if not len(log_odds):
        return UNCALIBRATED
    factors = (candidate.factor(n_votes)[:, None] for candidate in CANDIDATES)
    scores = np.array([_best_score(factor * log_odds, likelihood) for factor in factors])
    scores = scores.round(6)  # of equals the first, whatever the order of the classes does to the last digit
    best = int(scores.argmax())
    return CANDIDATES[best] if scores[best] > scores[0] + LEAST_GAIN else UNCALIBRATED


def _best_score(log_odds: FloatArray, likelihood: FloatArray) -> float:
    """Logarithm of the votes' probability under the share of slips that suits them best."""
    predicted = (softmax_rows(log_odds) * likelihood).sum(axis=1)
    slipped = likelihood.mean(axis=1)
    mixed = ((1 - share) * predicted + share * slipped for share in SLIPS)
    return max(float(np.log(np.maximum(chance, 1e-300)).sum()) for chance in mixed)
