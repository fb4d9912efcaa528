"""Dawid & Skene's rule with each voter's habits shrunk towards those of the crowd.

Model (Dawid & Skene 1979, Appl. Statist. 28, 20): an item of true class k gets from voter v the label l
with probability theta_v[k, l]; the most probable classes follow by expectation-maximisation.
Here theta_v = (votes of v on k as l + s M[k, l]) / (votes of v on k + s), with M the crowd's mean matrix,
so that a voter of few votes counts as an average one instead of as whatever those few votes look like.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import softmax

from classifier.aggregation.votes import Votes
from classifier.features import FloatArray


@dataclass(frozen=True)
class DawidSkeneConfig:
    """Strength of the assumptions that carry the rule where votes are few.

    Parameters
    ----------
    strength : float
        Pseudo-votes per true class that pull each voter's matrix towards the crowd's.
    crowd_votes : float
        Pseudo-votes per true class that pull the crowd's matrix towards `crowd_accuracy`.
    crowd_accuracy : float
        Chance that an average voter is right, before any vote is seen.
    class_items : float
        Pseudo-items per class in the class shares.
    max_iterations : int
        Rounds of expectation-maximisation at the most.
    tolerance : float
        Stop when no probability moves by more.
    """

    strength: float = 2.0
    crowd_votes: float = 10.0
    crowd_accuracy: float = 0.7
    class_items: float = 1.0
    max_iterations: int = 100
    tolerance: float = 1e-5


def dawid_skene(votes: Votes, config: DawidSkeneConfig | None = None) -> FloatArray:
    """Class probabilities of each item from the votes and the voters' habits.

    Parameters
    ----------
    votes : Votes
        The votes; known classes are held fixed and teach the voters' habits.
    config : DawidSkeneConfig, optional
        Strength of the assumptions.

    Returns
    -------
    ndarray of shape (n_items, n_classes)
        Rows sum to 1.
    """
    config = config or DawidSkeneConfig()
    answers = _answer_matrix(votes)
    posterior = votes.with_gold(_smoothed_shares(votes))
    for _ in range(config.max_iterations):
        before = posterior
        posterior = votes.with_gold(_expect(answers, before, votes, config))
        if np.abs(posterior - before).max(initial=0.0) < config.tolerance:
            break
    return posterior


def _answer_matrix(votes: Votes) -> csr_array:
    """Items against (voter, label) pairs: both steps are then products with one sparse matrix."""
    column = votes.voter * votes.n_classes + votes.label
    shape = (len(votes.items), votes.n_voters * votes.n_classes)
    return csr_array((np.ones(len(column)), (votes.item, column)), shape=shape)


def _smoothed_shares(votes: Votes) -> FloatArray:
    counts = votes.counts + 1.0 / votes.n_classes
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def _expect(answers: csr_array, posterior: FloatArray, votes: Votes, config: DawidSkeneConfig) -> FloatArray:
    confusion = np.asarray(answers.T @ posterior).reshape(votes.n_voters, votes.n_classes, votes.n_classes)
    habits = _habits(confusion, config)
    shares = posterior.sum(axis=0) + config.class_items
    evidence = np.asarray(answers @ np.log(habits).reshape(-1, votes.n_classes))
    return np.asarray(softmax(np.log(shares) + evidence, axis=1))


def _habits(confusion: FloatArray, config: DawidSkeneConfig) -> FloatArray:
    """P(label | true class) of each voter; axes (voter, label, true class)."""
    crowd = confusion.sum(axis=0) + config.crowd_votes * _prior_matrix(
        confusion.shape[1], config.crowd_accuracy
    )
    crowd /= crowd.sum(axis=0, keepdims=True)
    habits = confusion + config.strength * crowd
    return np.asarray(habits / habits.sum(axis=1, keepdims=True))


def _prior_matrix(n_classes: int, accuracy: float) -> FloatArray:
    if n_classes == 1:
        return np.ones((1, 1))
    wrong = (1.0 - accuracy) / (n_classes - 1)
    return np.asarray(np.full((n_classes, n_classes), wrong) + (accuracy - wrong) * np.eye(n_classes))
