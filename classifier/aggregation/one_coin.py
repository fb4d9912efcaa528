"""One accuracy per voter, errors spread evenly over the other classes.

The one-coin form of Dawid & Skene's model (Zhang et al. 2014, NIPS, "Spectral methods meet EM"), with each
voter's accuracy drawn towards the crowd's and the class shares towards the vote shares.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from classifier.aggregation.dawid_skene import even_errors
from classifier.aggregation.fit import Fit
from classifier.aggregation.softmax import softmax_rows
from classifier.aggregation.votes import FloatArray, Votes


@dataclass(frozen=True)
class OneCoinConfig:
    """Strength of the assumptions that carry the rule where votes are few.

    Parameters
    ----------
    strength : float
        Pseudo-votes that pull each voter's accuracy towards the crowd's.
    crowd_votes, crowd_accuracy : float
        Pseudo-votes and accuracy that stand for the crowd before any vote is seen.
    anchor : float
        Pull of the class shares towards the vote shares, as a share of the items.
    max_iterations : int
        Rounds of expectation-maximisation at the most.
    tolerance : float
        Stop when probabilities move by less on average.
    """

    strength: float = 4.0
    crowd_votes: float = 10.0
    crowd_accuracy: float = 0.7
    anchor: float = 0.1
    max_iterations: int = 100
    tolerance: float = 1e-5


def one_coin(votes: Votes, config: OneCoinConfig | None = None) -> Fit:
    """Class probabilities of each item from the votes and one accuracy per voter.

    Parameters
    ----------
    votes : Votes
        The votes; known classes are held fixed and teach the voters' accuracies.
    config : OneCoinConfig, optional
        Strength of the assumptions.

    Returns
    -------
    Fit
        With the voters' habits.
    """
    config = config or OneCoinConfig()
    cells = cells_by_voter(votes)
    posterior = votes.with_gold(votes.smoothed_shares)
    for _ in range(config.max_iterations):
        before = posterior
        accuracy, average = _accuracies(cells, posterior, config)
        shares = votes.class_shares(posterior, config.anchor)
        log_odds = np.log(accuracy * max(votes.n_classes - 1, 1) / (1.0 - accuracy))
        evidence = np.asarray(cells @ log_odds).reshape(posterior.shape)
        posterior = votes.with_gold(softmax_rows(np.log(shares) + evidence))
        if np.abs(posterior - before).sum() <= config.tolerance * max(before.size, 1):
            break
    habits = np.stack([even_errors(votes.n_classes, a) for a in accuracy]) if len(accuracy) else None
    return Fit(posterior, shares, habits, even_errors(votes.n_classes, average))


def cells_by_voter(votes: Votes) -> csr_array:
    """How often voter v gave label l to item i: row i * n_classes + l, column v."""
    cell = votes.item * votes.n_classes + votes.label
    shape = (len(votes.items) * votes.n_classes, votes.n_voters)
    return csr_array((np.ones(len(cell)), (cell, votes.voter)), shape=shape)


def _accuracies(cells: csr_array, posterior: FloatArray, config: OneCoinConfig) -> tuple[FloatArray, float]:
    right = np.asarray(cells.T @ posterior.ravel())
    n_votes = np.asarray(cells.sum(axis=0)).ravel()
    average = (right.sum() + config.crowd_votes * config.crowd_accuracy) / (
        n_votes.sum() + config.crowd_votes
    )
    accuracy = (right + config.strength * average) / (n_votes + config.strength)
    return np.clip(accuracy, 1e-6, 1 - 1e-6), float(average)
