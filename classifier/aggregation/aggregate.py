"""One door to every rule that turns votes into class probabilities."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.aggregation.dawid_skene import dawid_skene
from classifier.aggregation.majority import majority
from classifier.aggregation.votes import Gold, Votes, encode_votes
from classifier.densities import IntArray
from classifier.errors import VoteError
from classifier.features import FloatArray

METHODS: dict[str, Callable[[Votes], FloatArray]] = {
    "majority": majority,
    "dawid-skene": dawid_skene,
}
"""Rules by name. A new one is a function from Votes to an (n_items, n_classes) posterior."""


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
    """

    items: IntArray
    posterior: FloatArray
    n_votes: IntArray
    agreement: FloatArray
    method: str

    @property
    def label(self) -> IntArray:
        """Most probable class of each item, (n_items,)."""
        return np.asarray(self.posterior.argmax(axis=1))


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
        One vote each; labels in [0, n_classes). Abstentions are to be left out before. Votes that a
        voter repeats on an item count each time: whoever stores votes must not allow them.
    n_classes : int
        Number of classes.
    method : {"dawid-skene", "majority"}
        The rule, a key of `METHODS`.
    gold : mapping of item to class, array-like, or None
        Known classes, which fix the items' posterior and teach the voters' habits; an array is
        indexed by item number and holds -1 where nothing is known.

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
    posterior = METHODS[method](votes)
    counts = votes.counts
    n_votes = counts.sum(axis=1)
    named = counts[np.arange(len(counts)), posterior.argmax(axis=1)]
    return Aggregation(
        votes.items, posterior, n_votes.astype(np.intp), named / np.maximum(n_votes, 1.0), method
    )
