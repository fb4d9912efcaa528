"""Votes as arrays: checked, and numbered without gaps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from classifier.errors import VoteError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Gold = Mapping[int, int] | npt.ArrayLike

UNKNOWN = -1
DENSE_RANGE = 8  # numbers spread over up to this many times their count are looked up in a table


@dataclass(frozen=True)
class Votes:
    """Votes with items and voters numbered from 0.

    Attributes
    ----------
    items : ndarray of int of shape (n_items,)
        The caller's item numbers, sorted; position = item index below.
    voters : ndarray of int of shape (n_voters,)
        The caller's voter numbers, sorted; position = voter index below.
    item, voter, label : ndarray of int of shape (n_votes,)
        One vote each: item index, voter index, class.
    n_classes : int
        Number of classes.
    gold : ndarray of int of shape (n_items,)
        True class where known, -1 elsewhere.
    """

    items: IntArray
    voters: IntArray
    item: IntArray
    voter: IntArray
    label: IntArray
    n_classes: int
    gold: IntArray

    @property
    def n_voters(self) -> int:
        """Number of voters."""
        return len(self.voters)

    @cached_property
    def counts(self) -> FloatArray:
        """Votes per item and class, (n_items, n_classes)."""
        cells = self.item * self.n_classes + self.label
        flat = np.bincount(cells, minlength=len(self.items) * self.n_classes)
        return np.asarray(flat.reshape(-1, self.n_classes), dtype=np.float64)

    @cached_property
    def n_votes(self) -> FloatArray:
        """Votes per item, (n_items,)."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def answers(self) -> csr_array:
        """How often item i got label l from voter v: row i, column v * n_classes + l.

        Its order does not depend on that of the votes, so nothing computed from it does.
        """
        columns = (self.voter * self.n_classes + self.label).astype(np.int32)
        shape = (len(self.items), self.n_voters * self.n_classes)
        ones = np.ones(len(columns))
        return csr_array((ones, (self.item.astype(np.int32), columns)), shape=shape)

    @cached_property
    def vote_shares(self) -> FloatArray:
        """Share of each class in the votes on items of unknown class, one vote added each, (n_classes,)."""
        totals = self.counts[self.gold == UNKNOWN].sum(axis=0) + 1.0
        return np.asarray(totals / totals.sum())

    def class_shares(self, posterior: FloatArray, anchor: float) -> FloatArray:
        """Class shares of the items of unknown class, drawn towards their vote shares.

        Items of known class do not count: they were chosen to teach, not drawn from the sky.

        Parameters
        ----------
        posterior : ndarray of shape (n_items, n_classes)
            Class probabilities.
        anchor : float
            Weight of the vote shares, as a share of the items; keeps rare classes from vanishing.

        Returns
        -------
        ndarray of shape (n_classes,)
            All positive; sum 1.
        """
        unknown = (self.gold == UNKNOWN).astype(np.float64)
        shares = unknown @ posterior + 1.0 + anchor * unknown.sum() * self.vote_shares
        return np.asarray(shares / shares.sum())

    @property
    def smoothed_shares(self) -> FloatArray:
        """Vote shares of each item, with one vote spread over the classes, (n_items, n_classes)."""
        counts = self.counts + 1.0 / self.n_classes
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))

    def with_gold(self, posterior: FloatArray) -> FloatArray:
        """The posterior with certainty at the items whose class is known."""
        fixed = posterior.copy()
        known = self.gold != UNKNOWN
        fixed[known] = np.eye(self.n_classes)[self.gold[known]]
        return fixed


def encode_votes(
    item: npt.ArrayLike, voter: npt.ArrayLike, label: npt.ArrayLike, n_classes: int, gold: Gold | None = None
) -> Votes:
    """Check votes and number their items and voters.

    Parameters
    ----------
    item, voter, label : array-like of int of shape (n_votes,)
        One vote each; labels in [0, n_classes). Abstentions are to be left out before: `drop_answers`.
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
    items, voters, labels = _equally_long(item, voter, label)
    _require_classes(labels, n_classes, lowest=0, what="label")
    item_numbers, item_index = _number(items)
    voter_numbers, voter_index = _number(voters)
    known = _gold_of(item_numbers, gold, n_classes)
    return Votes(item_numbers, voter_numbers, item_index, voter_index, labels, n_classes, known)


def drop_answers(
    item: npt.ArrayLike, voter: npt.ArrayLike, label: npt.ArrayLike, answers: Collection[int]
) -> tuple[IntArray, IntArray, IntArray]:
    """Votes without the answers that name no class, such as "not sure".

    An abstention is no class: counted as one it becomes the label of difficult items. An item of which
    nothing but abstentions are left is absent from what comes back, as if nobody had seen it.

    Parameters
    ----------
    item, voter, label : array-like of int of shape (n_votes,)
        One vote each.
    answers : collection of int
        Labels that stand for abstentions.

    Returns
    -------
    item, voter, label : ndarray of int of shape (n_kept,)
        New arrays; the given ones are untouched.

    Raises
    ------
    VoteError
        When the arrays differ in length or are not whole numbers.
    """
    items, voters, labels = _equally_long(item, voter, label)
    kept = ~np.isin(labels, list(answers))
    return items[kept], voters[kept], labels[kept]


def _equally_long(
    item: npt.ArrayLike, voter: npt.ArrayLike, label: npt.ArrayLike
) -> tuple[IntArray, IntArray, IntArray]:
    items, voters, labels = (
        _whole_numbers(values, name) for values, name in ((item, "item"), (voter, "voter"), (label, "label"))
    )
    if not len(items) == len(voters) == len(labels):
        raise VoteError(f"item, voter and label differ in length: {len(items)}, {len(voters)}, {len(labels)}")
    return items, voters, labels


def _whole_numbers(values: npt.ArrayLike, name: str) -> IntArray:
    array = np.asarray(values)
    if array.ndim != 1:
        raise VoteError(f"{name} must be one-dimensional, not of shape {array.shape}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise VoteError(f"{name} must hold whole numbers, not {array.dtype}; number the {name}s first")
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.intp).max:
        raise VoteError(f"{name} {int(array.max())} does not fit a signed 64-bit number")
    return array.astype(np.intp, copy=False)


def _number(values: IntArray) -> tuple[IntArray, IntArray]:
    """Distinct numbers, sorted, and each value's place among them; by table where that is cheaper."""
    if not values.size:
        return values, values
    lowest, highest = int(values.min()), int(values.max())
    if highest - lowest >= DENSE_RANGE * len(values):
        distinct, index = np.unique(values, return_inverse=True)
        return distinct, index
    present = np.zeros(highest - lowest + 1, dtype=bool)
    present[values - lowest] = True
    place = np.cumsum(present) - 1
    return np.flatnonzero(present) + lowest, place[values - lowest]


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
        known = _whole_numbers([gold.get(number, UNKNOWN) for number in items.tolist()], "gold")
    else:
        table = _whole_numbers(gold, "gold")
        inside = (items >= 0) & (items < len(table))
        known = np.full(len(items), UNKNOWN, dtype=np.intp)
        known[inside] = table[items[inside]]
    _require_classes(known, n_classes, lowest=UNKNOWN, what="gold class")
    return known
