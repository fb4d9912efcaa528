"""Ability of voters against difficulty of items.

Model (GLAD: Whitehill et al. 2009, NIPS): a voter of ability a is right on an item of easiness b with
probability sigma(a b), and errs evenly. Here easiness takes one of a few levels whose shares are learnt and
over which each item is averaged, so that no item of few votes gets an easiness of its own, and the posterior
of a hard item stays open.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, log_expit

from classifier.aggregation.fit import Fit
from classifier.aggregation.one_coin import cells_by_voter
from classifier.aggregation.softmax import softmax_rows
from classifier.aggregation.votes import FloatArray, Votes

EASINESS = np.array([0.1, 0.3, 0.6, 1.0, 1.6, 2.5])


@dataclass(frozen=True)
class GladConfig:
    """Strength of the assumptions that carry the rule where votes are few.

    Parameters
    ----------
    ability : float
        Log-odds of an average voter to be right, before any vote is seen.
    precision : float
        Inverse variance of the voters' abilities about their mean.
    anchor : float
        Pull of the class shares towards the vote shares, as a share of the items.
    max_iterations : int
        Rounds of expectation-maximisation at the most.
    tolerance : float
        Stop when probabilities move by less on average.
    """

    ability: float = 1.5
    precision: float = 1.0
    anchor: float = 0.1
    max_iterations: int = 60
    tolerance: float = 1e-5


def glad(votes: Votes, config: GladConfig | None = None) -> Fit:
    """Class probabilities of each item from abilities of voters and difficulty of items.

    Parameters
    ----------
    votes : Votes
        The votes; known classes are held fixed and teach the voters' abilities.
    config : GladConfig, optional
        Strength of the assumptions.

    Returns
    -------
    Fit
        Without habits: a vote's weight depends on its item's difficulty.
    """
    config = config or GladConfig()
    cells = cells_by_voter(votes)
    ability = np.full(votes.n_voters, config.ability)
    joint = votes.with_gold(votes.smoothed_shares)[:, :, None] * np.full(len(EASINESS), 1 / len(EASINESS))
    for _ in range(config.max_iterations):
        before = joint.sum(axis=2)
        ability = _newton_step(cells, joint, ability, config)
        joint = _expect(votes, cells, joint, ability, config)
        if np.abs(joint.sum(axis=2) - before).sum() <= config.tolerance * max(before.size, 1):
            break
    posterior = votes.with_gold(joint.sum(axis=2))
    return Fit(posterior, votes.class_shares(posterior, config.anchor))


def _newton_step(cells: csr_array, joint: FloatArray, ability: FloatArray, config: GladConfig) -> FloatArray:
    """Abilities after one damped step towards the best for this posterior of class and easiness."""
    n_classes, n_levels = joint.shape[1:]
    right = np.asarray(cells.T @ joint.reshape(-1, n_levels))
    seen = np.asarray(cells.T @ np.repeat(joint.sum(axis=1), n_classes, axis=0))
    chance = expit(ability[:, None] * EASINESS)
    mean = (ability.sum() + config.ability) / (len(ability) + 1)
    slope = ((right - seen * chance) * EASINESS).sum(axis=1) - config.precision * (ability - mean)
    curvature = (seen * chance * (1 - chance) * EASINESS**2).sum(axis=1) + config.precision
    return np.asarray(np.clip(ability + np.clip(slope / curvature, -1.0, 1.0), -6.0, 6.0))


def _expect(
    votes: Votes, cells: csr_array, joint: FloatArray, ability: FloatArray, config: GladConfig
) -> FloatArray:
    """P(class, easiness) of each item; axes (item, class, easiness)."""
    shape = votes.counts.shape
    named = np.asarray(cells @ ability).reshape(shape)
    missed = (
        np.asarray(cells @ log_expit(-ability[:, None] * EASINESS)).reshape(*shape, len(EASINESS)).sum(axis=1)
    )
    spread = votes.counts * np.log(max(votes.n_classes - 1, 1))
    levels = np.log(joint.sum(axis=(0, 1)) + 1.0)
    shares = np.log(votes.class_shares(joint.sum(axis=2), config.anchor))
    score = named[:, :, None] * EASINESS + (missed + levels)[:, None, :] + (spread + shares)[:, :, None]
    excluded = (votes.gold >= 0)[:, None] & (votes.with_gold(np.zeros(shape)) == 0.0)
    score[excluded] = -np.inf
    return np.asarray(softmax_rows(score.reshape(len(score), shape[1] * len(EASINESS))).reshape(score.shape))
