"""Votes as arrays: checked, and numbered without gaps."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.densities import IntArray
from classifier.errors import VoteError
from classifier.features import FloatArray

UNKNOWN = -1

Gold = Mapping[int, int] | npt.ArrayLike


@dataclass(frozen=True)
class Votes:
    """Votes with items and voters numbered from 0.

    Attributes
    ----------
    items : ndarray of int of shape (n_items,)
        The caller's item numbers, sorted; position = item index below.
    item, voter, label : ndarray of int of shape (n_votes,)
        One vote each: item index, voter index, class.
    n_voters, n_classes : int
        Numbers of voters and classes.
    gold : ndarray of int of shape (n_items,)
        True class where known, -1 elsewhere.
    """

    items: IntArray
    item: IntArray
    voter: IntArray
    label: IntArray
    n_voters: int
    n_classes: int
    gold: IntArray

    @property
    def counts(self) -> FloatArray:
        """Votes per item and class, (n_items, n_classes)."""
        cells = self.item * self.n_classes + self.label
        flat = np.bincount(cells, minlength=len(self.items) * self.n_classes)
        return np.asarray(flat.reshape(-1, self.n_classes), dtype=np.float64)

    def with_gold(self, posterior: FloatArray) -> FloatArray:
        """The posterior with certainty at the items whose class is known."""
        fixed = posterior.copy()
        known = self.gold != UNKNOWN
        fixed[known] = np.eye(self.n_classes)[self.gold[known]]
        return fixed


def encode_votes(
    item: npt.ArrayLike, voter: npt.ArrayLike, label: npt.ArrayLike, n_classes: int, gold: Gold | None
) -> Votes:
    """Check votes and number their items and voters.

    Parameters
    ----------
    item, voter, label : array-like of int of shape (n_votes,)
        One vote each; labels in [0, n_classes). Abstentions are to be left out before.
    n_classes : int
        Number of classes.
    gold : mapping of item to class, array-like, or None
        Known classes; an array is indexed by item number and holds -1 where nothing is known.
        Items without votes are passed over.

    Returns
    -------
    Votes

    Raises
    ------
    VoteError
        When the arrays differ in length, are not whole numbers, or hold a class out of range.
    """
    arrays = [_whole_numbers(a, name) for a, name in ((item, "item"), (voter, "voter"), (label, "label"))]
    if len({len(a) for a in arrays}) != 1:
        raise VoteError(f"item, voter and label differ in length: {[len(a) for a in arrays]}")
    _require_classes(arrays[2], n_classes, lowest=0, what="label")
    items, item_index = np.unique(arrays[0], return_inverse=True)
    voters, voter_index = np.unique(arrays[1], return_inverse=True)
    known = _gold_of(items, gold, n_classes)
    return Votes(items, item_index, voter_index, arrays[2], len(voters), n_classes, known)


def _whole_numbers(values: npt.ArrayLike, name: str) -> IntArray:
    array = np.asarray(values)
    if array.ndim != 1:
        raise VoteError(f"{name} must be one-dimensional, not of shape {array.shape}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise VoteError(f"{name} must hold whole numbers, not {array.dtype}; number the {name}s first")
    return array.astype(np.intp)


def _require_classes(labels: IntArray, n_classes: int, *, lowest: int, what: str) -> None:
    if n_classes < 1:
        raise VoteError(f"n_classes is {n_classes}; at least one class is needed")
    wrong = (labels < lowest) | (labels >= n_classes)
    if wrong.any():
        raise VoteError(
            f"{what} {int(labels[wrong][0])} is not in [{lowest}, {n_classes}); leave abstentions out"
        )


def _gold_of(items: IntArray, gold: Gold | None, n_classes: int) -> IntArray:
    if gold is None:
        return np.full(len(items), UNKNOWN, dtype=np.intp)
    if isinstance(gold, Mapping):
        known = np.array([gold.get(number, UNKNOWN) for number in items.tolist()], dtype=np.intp)
    else:
        table = _whole_numbers(gold, "gold")
        inside = (items >= 0) & (items < len(table))
        known = np.full(len(items), UNKNOWN, dtype=np.intp)
        known[inside] = table[items[inside]]
    _require_classes(known, n_classes, lowest=UNKNOWN, what="gold class")
    return known
