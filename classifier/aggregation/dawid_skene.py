"""Dawid & Skene's rule with each voter's habits shrunk towards those of the crowd.

Model (Dawid & Skene 1979, Appl. Statist. 28, 20): an item of true class k gets from voter v the label l
with probability theta_v[k, l]; classes and habits follow by expectation-maximisation. Three levels carry
voters of few votes:

1. the crowd's mean matrix M, itself drawn towards one whose errors are spread evenly;
2. M with the odds of being right multiplied by one factor per voter: skilled and careless voters differ
   first of all in how often they are right;
3. the voter's own counts: theta_v = (counts + s M_v) / (votes + s).

Class shares are drawn towards the vote shares, so that rare classes do not vanish where votes are few.
At the end the log-odds are scaled to what held-out votes bear out (see `calibration`).
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from classifier.aggregation.calibration import Calibration, choose_calibration, held_out, thinned
from classifier.aggregation.fit import Fit
from classifier.aggregation.softmax import softmax_rows
from classifier.aggregation.votes import UNKNOWN, FloatArray, Votes

LEAST_ACCURACY = 0.02
FEW_VOTES = 8  # per item


@dataclass(frozen=True)
class DawidSkeneConfig:
    """Strength of the assumptions that carry the rule where votes are few.

    Parameters
    ----------
    strength : float
        Pseudo-votes per true class that pull each voter's matrix towards the crowd's.
    accuracy_votes : float
        Pseudo-votes that pull each voter's overall accuracy towards the crowd's.
    crowd_votes : float
        Pseudo-votes per true class that pull the crowd's matrix towards evenly spread errors.
    crowd_accuracy : float
        Chance that an average voter is right, before any vote is seen.
    evenness : float
        Further pull towards evenly spread errors, as a share of the crowd's votes on the class.
    anchor : float
        Pull of the class shares towards the vote shares, as a share of the items.
    max_iterations : int
        Rounds of expectation-maximisation at the most.
    tolerance : float
        Stop when probabilities move by less on average.
    """

    strength: float = 4.0
    accuracy_votes: float = 8.0
    crowd_votes: float = 10.0
    crowd_accuracy: float = 0.7
    evenness: float = 0.3
    anchor: float = 0.1
    max_iterations: int = 100
    tolerance: float = 1e-5


@dataclass(frozen=True)
class _Habits:
    """Axes (voter, label, true class): counts of votes, pseudo-votes, and their shares."""

    counts: FloatArray
    prior: FloatArray
    crowd: FloatArray

    @property
    def shares(self) -> FloatArray:
        total = self.counts + self.prior
        return np.asarray(total / total.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class _State:
    """A posterior, and what the rule makes of it."""

    posterior: FloatArray
    habits: _Habits
    log_prior: FloatArray
    evidence: FloatArray


def dawid_skene(votes: Votes, config: DawidSkeneConfig | None = None) -> Fit:
    """Class probabilities of each item from the votes and the voters' habits.

    Parameters
    ----------
    votes : Votes
        The votes; known classes are held fixed and teach the voters' habits.
    config : DawidSkeneConfig, optional
        Strength of the assumptions.

    Returns
    -------
    Fit
        With the voters' habits and the evidence.
    """
    config = config or DawidSkeneConfig()
    # Products of tall matrices with small ones: threads would wait for each other longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        state = _converge(votes, config)
    few = len(votes.item) < FEW_VOTES * len(votes.items)
    calibration = _calibration_by_refits(votes, config) if few else _calibration(votes, state)
    factor = calibration.factor(votes.n_votes)[:, None]
    posterior = votes.with_gold(softmax_rows(factor * (state.log_prior + state.evidence)))
    habits = state.habits.shares.transpose(0, 2, 1)
    shares, crowd = np.exp(state.log_prior), state.habits.crowd.T
    return Fit(posterior, shares, habits, crowd, calibration, state.evidence)


def _converge(votes: Votes, config: DawidSkeneConfig) -> _State:
    state = _maximise(votes, votes.with_gold(votes.smoothed_shares), config)
    for _ in range(config.max_iterations):
        posterior = votes.with_gold(softmax_rows(state.log_prior + state.evidence))
        moved = np.abs(posterior - state.posterior).sum()
        state = _maximise(votes, posterior, config)
        if moved <= config.tolerance * max(posterior.size, 1):
            break
    return state


def _maximise(votes: Votes, posterior: FloatArray, config: DawidSkeneConfig) -> _State:
    """Habits and class shares that suit the posterior best, and each item's evidence under them."""
    n_classes = votes.n_classes
    counts = np.asarray(votes.answers.T @ posterior).reshape(votes.n_voters, n_classes, n_classes)
    habits = _habits(counts, config)
    evidence = np.asarray(votes.answers @ np.log(habits.shares).reshape(-1, n_classes))
    return _State(posterior, habits, np.log(votes.class_shares(posterior, config.anchor)), evidence)


def _habits(counts: FloatArray, config: DawidSkeneConfig) -> _Habits:
    crowd = _crowd_matrix(counts.sum(axis=0), config)
    skilled = _with_own_accuracy(counts, crowd, config.accuracy_votes)
    return _Habits(counts, config.strength * skilled, crowd)


def _crowd_matrix(total: FloatArray, config: DawidSkeneConfig) -> FloatArray:
    pseudo_votes = config.crowd_votes * len(total)
    right = np.trace(total) + pseudo_votes * config.crowd_accuracy
    even = even_errors(len(total), right / (total.sum() + pseudo_votes))
    crowd = total + (config.crowd_votes + config.evenness * total.sum(axis=0)) * even
    return np.asarray(crowd / crowd.sum(axis=0, keepdims=True))


def _with_own_accuracy(counts: FloatArray, crowd: FloatArray, pseudo_votes: float) -> FloatArray:
    """The crowd's matrix for each voter, its odds of being right multiplied by the voter's factor."""
    if len(crowd) == 1:
        return np.ones_like(counts)
    diagonal = np.eye(len(crowd), dtype=bool)
    n_votes = counts.sum(axis=(1, 2))
    expected = counts.sum(axis=1) @ crowd.diagonal() / np.maximum(n_votes, 1e-9)
    expected = np.clip(expected, LEAST_ACCURACY, 1 - LEAST_ACCURACY)
    accuracy = (counts[:, diagonal].sum(axis=1) + pseudo_votes * expected) / (n_votes + pseudo_votes)
    accuracy = np.clip(accuracy, LEAST_ACCURACY / 10, 1 - LEAST_ACCURACY / 10)
    factor = accuracy / (1 - accuracy) * (1 - expected) / expected
    skilled = crowd * np.where(diagonal, factor[:, None, None], 1.0)
    return np.asarray(skilled / skilled.sum(axis=1, keepdims=True))


def even_errors(n_classes: int, accuracy: float) -> FloatArray:
    """Matrix of a voter of that accuracy who errs evenly, (n_classes, n_classes)."""
    if n_classes == 1:
        return np.ones((1, 1))
    wrong = (1.0 - accuracy) / (n_classes - 1)
    return np.asarray(np.full((n_classes, n_classes), wrong) + (accuracy - wrong) * np.eye(n_classes))


def _calibration(votes: Votes, state: _State) -> Calibration:
    """The calibration at which a vote is best predicted by habits and votes without itself."""
    kept = thinned(votes.answers.nnz)
    rows = np.searchsorted(votes.answers.indptr, kept, side="right") - 1
    free = votes.gold[rows] == UNKNOWN
    rows, columns = rows[free], votes.answers.indices[kept[free]]
    voter, label = np.divmod(columns, votes.n_classes)
    own, habits = state.posterior[rows], state.habits
    numerator = np.maximum(habits.counts[voter, label] - own, 0.0) + habits.prior[voter, label]
    total = (habits.counts + habits.prior).sum(axis=1)
    denominator = np.maximum(total[voter] - own, numerator)
    log_odds = state.log_prior + state.evidence[rows] - np.log(habits.shares[voter, label])
    return choose_calibration(log_odds, votes.n_votes[rows] - 1, numerator / denominator)


def _calibration_by_refits(votes: Votes, config: DawidSkeneConfig) -> Calibration:
    """The same with the votes left out of all that is learnt; where votes are few, each shapes everything."""
    log_odds, n_votes, likelihoods = [], [], []
    for part, left_out in held_out(votes):
        chosen = left_out[thinned(len(left_out))]
        state = _converge(part, config)
        rows = votes.item[chosen]
        log_odds.append(state.log_prior + state.evidence[rows])
        n_votes.append(part.n_votes[rows])
        likelihoods.append(state.habits.shares[votes.voter[chosen], votes.label[chosen]])
    return choose_calibration(*(np.concatenate(parts) for parts in (log_odds, n_votes, likelihoods)))
