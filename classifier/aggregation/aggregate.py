"""One door to every rule that turns votes into class probabilities."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.aggregation.dawid_skene import dawid_skene
from classifier.aggregation.ensemble import ensemble
from classifier.aggregation.fit import Fit
from classifier.aggregation.glad import glad
from classifier.aggregation.majority import majority
from classifier.aggregation.one_coin import one_coin
from classifier.aggregation.votes import FloatArray, Gold, IntArray, Votes, encode_votes
from classifier.errors import VoteError

METHODS: dict[str, Callable[[Votes], Fit]] = {
    "majority": majority,
    "one-coin": one_coin,
    "dawid-skene": dawid_skene,
    "glad": glad,
    "ensemble": ensemble,
}
"""Rules by name. A new one is a function from Votes to a Fit."""


@dataclass(frozen=True)
class Aggregation:
    """What the votes say about each item.

    Attributes
    ----------
    items : ndarray of int of shape (n_items,)
        Item numbers, sorted; the row order of the rest.
    posterior : ndarray of shape (n_items, n_classes)
        Class probabilities; rows sum to 1.
    n_votes : ndarray of int of shape (n_items,)
        Votes on each item.
    agreement : ndarray of shape (n_items,)
        Share of the item's votes that name its most probable class.
    method : str
        The rule used.
    voters : ndarray of int of shape (n_voters,)
        Voter numbers, sorted; the row order of the habits.
    fit : Fit
        What the rule learnt besides: class shares, voters' habits, calibration.
    """

    items: IntArray
    posterior: FloatArray
    n_votes: IntArray
    agreement: FloatArray
    method: str
    voters: IntArray
    fit: Fit

    @property
    def label(self) -> IntArray:
        """Most probable class of each item, (n_items,)."""
        return np.asarray(self.posterior.argmax(axis=1))

    @property
    def habits(self) -> FloatArray:
        """P(label | true class) of each voter, (n_voters, n_classes, n_classes), in the order of `voters`."""
        if self.fit.habits is None:
            raise VoteError(f"method {self.method!r} learns no habits of voters; use 'dawid-skene'")
        return self.fit.habits

    @property
    def evidence(self) -> FloatArray:
        """Sum of log P(label | true class) over each item's votes, (n_items, n_classes)."""
        if self.fit.evidence is None:
            raise VoteError(f"method {self.method!r} learns no habits of voters; use 'dawid-skene'")
        return self.fit.evidence

    def habits_of(self, voter: int) -> FloatArray:
        """P(label | true class) of one voter; the crowd's if none of his votes were seen.

        Parameters
        ----------
        voter : int
            The caller's voter number.

        Returns
        -------
        ndarray of shape (n_classes, n_classes)
            Axes (true class, label); rows sum to 1.

        Raises
        ------
        VoteError
            When the method learns no habits.
        """
        habits = self.habits
        place = int(np.searchsorted(self.voters, voter))
        seen = place < len(self.voters) and self.voters[place] == voter
        return np.asarray(habits[place] if seen else self.fit.crowd)


def aggregate_votes(
    item: npt.ArrayLike,
    voter: npt.ArrayLike,
    label: npt.ArrayLike,
    n_classes: int,
    method: str = "dawid-skene",
    gold: Gold | None = None,
) -> Aggregation:
    """Turn votes into class probabilities.

    Parameters
    ----------
    item, voter, label : array-like of int of shape (n_votes,)
        One vote each; labels in [0, n_classes). Abstentions are no class and are to be left out before:
        `drop_answers`. Votes that a voter repeats on an item count each time: whoever stores votes must
        not allow them. The arrays are not changed, their order does not matter.
    n_classes : int
        Number of classes.
    method : {"dawid-skene", "ensemble", "one-coin", "glad", "majority"}
        The rule, a key of `METHODS`.
    gold : mapping of item to class, array-like, or None
        Known classes, which fix the items' posterior and teach the voters' habits; an array is
        indexed by item number and holds -1 where nothing is known. Known items without votes are
        passed over.

    Returns
    -------
    Aggregation

    Raises
    ------
    VoteError
        For an unknown method, or votes that contradict themselves.

    Examples
    --------
    >>> from classifier.aggregation import aggregate_votes
    >>> aggregate_votes([7, 7, 7, 9], [1, 2, 3, 1], [0, 0, 1, 1], n_classes=2).label.tolist()
    [0, 1]
    """
    if method not in METHODS:
        raise VoteError(f"no method {method!r}; use one of {sorted(METHODS)}")
    votes = encode_votes(item, voter, label, n_classes, gold)
    fit = METHODS[method](votes)
    named = votes.counts[np.arange(len(votes.items)), fit.posterior.argmax(axis=1)]
    agreement = named / np.maximum(votes.n_votes, 1.0)
    return Aggregation(
        votes.items, fit.posterior, votes.n_votes.astype(np.intp), agreement, method, votes.voters, fit
    )
