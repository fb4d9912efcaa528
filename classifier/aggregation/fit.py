"""What every rule hands back."""

from dataclasses import dataclass

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
    temperature : float
        Factor at most 1 on all log-odds: below 1 where votes on an item repeat each other's errors.
    """

    posterior: FloatArray
    class_shares: FloatArray
    habits: FloatArray | None = None
    crowd: FloatArray | None = None
    temperature: float = 1.0
