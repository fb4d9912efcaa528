"""Probabilities from logarithms, quick for many rows of few columns."""

import numpy as np

from classifier.aggregation.votes import FloatArray


def softmax_rows(log_odds: FloatArray) -> FloatArray:
    """Probabilities of each row: exp(x) over the row's sum.

    Column by column: numpy's own reductions along a short last axis take several times as long.

    Parameters
    ----------
    log_odds : ndarray of shape (n, n_columns)
        Logarithms up to a constant per row; -inf for what is excluded, not in a whole row.

    Returns
    -------
    ndarray of shape (n, n_columns)
        Rows sum to 1.
    """
    highest = log_odds[:, 0].copy()
    for column in log_odds.T[1:]:
        np.maximum(highest, column, out=highest)
    odds = np.exp(log_odds - highest[:, None])
    odds /= (odds @ np.ones(odds.shape[1]))[:, None]
    return odds
