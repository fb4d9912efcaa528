"""The mean of several rules, for crowds of which nothing is known.

No rule wins everywhere, and which one does cannot be seen without truth. The posterior here is the plain mean
(linear pool) of Dawid & Skene's rule at three strengths of shrinkage and of the vote shares: where the
strengths agree they decide, where they differ the vote shares keep the probabilities open.
"""

import numpy as np

from classifier.aggregation.dawid_skene import DawidSkeneConfig, dawid_skene
from classifier.aggregation.fit import Fit
from classifier.aggregation.majority import majority
from classifier.aggregation.votes import Votes

STRENGTHS = (2.0, 4.0, 8.0)


def ensemble(votes: Votes) -> Fit:
    """Mean of the posteriors of Dawid & Skene's rule at three strengths and of the vote shares.

    Parameters
    ----------
    votes : Votes
        The votes; known classes are held fixed and teach the voters' habits.

    Returns
    -------
    Fit
        With the voters' habits at the middle strength.
    """
    fits = [dawid_skene(votes, DawidSkeneConfig(strength=strength)) for strength in STRENGTHS]
    posterior = np.mean([*(fit.posterior for fit in fits), majority(votes).posterior], axis=0)
    middle = fits[len(fits) // 2]
    return Fit(posterior, middle.class_shares, middle.habits, middle.crowd, middle.calibration)
