"""The plainest rule: the class with most votes."""

import numpy as np

from classifier.aggregation.fit import Fit
from classifier.aggregation.votes import Votes

TIE_BREAK = 1e-9


def majority(votes: Votes) -> Fit:
    """Vote shares; among equal shares the class that is commoner over all votes comes first.

    Parameters
    ----------
    votes : Votes
        The votes; known classes override them.

    Returns
    -------
    Fit
        Without habits: every voter counts alike.
    """
    counts = votes.counts
    commonness = counts.sum(axis=0) / max(len(votes.item), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0) + TIE_BREAK * commonness
    return Fit(votes.with_gold(shares / shares.sum(axis=1, keepdims=True)), votes.vote_shares)
