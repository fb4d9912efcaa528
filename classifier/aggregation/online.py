"""A source's posterior, kept up to date at each vote; the work is one row of numbers per vote.

Bayes's rule as in SWAP (Marshall et al. 2016, MNRAS 455, 1171), for any number of classes and with each
voter's habits held as they were when all votes were last aggregated:
log P(k | n votes) = c(n) (log P(k) + sum of log theta_v[k, label]) + constant, with c the `Calibration`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from classifier.aggregation.calibration import UNCALIBRATED, Calibration
from classifier.aggregation.votes import FloatArray
from classifier.errors import VoteError


@dataclass(frozen=True)
class OnlinePosterior:
    """Class probabilities of one source between two aggregations of all votes.

    Attributes
    ----------
    log_odds : ndarray of shape (n_classes,)
        Logarithm of the class probabilities before calibration, up to a constant; to be stored.
    calibration : Calibration
        Factor on the log-odds by number of votes, `Fit.calibration`.
    n_votes : int
        Votes taken in.
    """

    log_odds: FloatArray
    calibration: Calibration = UNCALIBRATED
    n_votes: int = 0

    @classmethod
    def before_votes(
        cls, class_shares: npt.ArrayLike, calibration: Calibration = UNCALIBRATED
    ) -> "OnlinePosterior":
        """A source nobody voted on.

        Parameters
        ----------
        class_shares : array-like of shape (n_classes,)
            How common each class is, positive; scaled to sum to 1.
        calibration : Calibration
            Factor on the log-odds by number of votes, `Fit.calibration`.

        Returns
        -------
        OnlinePosterior

        Raises
        ------
        VoteError
            When a share is not positive and finite.
        """
        shares = np.asarray(class_shares, dtype=np.float64)
        if shares.ndim != 1 or not shares.size or not np.all(np.isfinite(shares) & (shares > 0)):
            raise VoteError(f"class shares must be a row of positive numbers, not {class_shares!r}")
        return cls(np.log(shares / shares.sum()), calibration)

    def after(self, label: int, habits: FloatArray) -> "OnlinePosterior":
        """The source after one more vote.

        Parameters
        ----------
        label : int
            The class voted for; abstentions are not passed on.
        habits : ndarray of shape (n_classes, n_classes)
            P(label | true class) of the voter, axes (true class, label), all positive.

        Returns
        -------
        OnlinePosterior

        Raises
        ------
        VoteError
            When the label is no class, or the habits do not fit the classes.
        """
        n_classes = len(self.log_odds)
        if habits.shape != (n_classes, n_classes):
            raise VoteError(f"habits of shape {habits.shape} do not fit {n_classes} classes")
        if not 0 <= label < n_classes:
            raise VoteError(f"label {label} is not in [0, {n_classes}); leave abstentions out")
        likelihood = habits[:, label]
        if not (likelihood > 0).all():
            raise VoteError("habits hold a probability of 0: one slip of a voter would decide for ever")
        return OnlinePosterior(self.log_odds + np.log(likelihood), self.calibration, self.n_votes + 1)

    @property
    def posterior(self) -> FloatArray:
        """Class probabilities, (n_classes,)."""
        return np.asarray(softmax(self.calibration.factor(self.n_votes) * self.log_odds))
