"""What every rule hands back."""

from dataclasses import dataclass

from classifier.aggregation.calibration import UNCALIBRATED, Calibration
from classifier.aggregation.votes import FloatArray


@dataclass(frozen=True)
class Fit:
    """What a rule made of the votes.

    Attributes
    ----------
    posterior : ndarray of shape (n_items, n_classes)
        Class probabilities; rows sum to 1.
    class_shares : ndarray of shape (n_classes,)
        How common each class is, before an item's votes are seen.
    habits : ndarray of shape (n_voters, n_classes, n_classes) or None
        P(label | true class) of each voter, axes (voter, true class, label); None for rules that
        know nothing of voters.
    crowd : ndarray of shape (n_classes, n_classes) or None
        The same of a voter of whom nothing is known.
    calibration : Calibration
        What the log-odds were multiplied by.
    evidence : ndarray of shape (n_items, n_classes) or None
        Sum of log P(label | true class) over each item's votes, before all calibration; None for rules
        that do not say how they would take one more vote.
    """

    posterior: FloatArray
    class_shares: FloatArray
    habits: FloatArray | None = None
    crowd: FloatArray | None = None
    calibration: Calibration = UNCALIBRATED
    evidence: FloatArray | None = None
