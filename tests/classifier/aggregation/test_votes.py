"""Votes are checked at the door."""

import numpy as np
import pytest

from classifier import ClassifierError
from classifier.aggregation import aggregate_votes, drop_answers

UNSURE = 9


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        (([0.0], [1], [0]), "item must hold whole numbers, not float64"),
        (([0], ["ann"], [0]), "voter must hold whole numbers, not <U3"),
        (([0], [1], [True]), "label must hold whole numbers, not bool"),
        (([0], [1], [None]), "label must hold whole numbers, not object"),
        (([[0]], [1], [0]), r"item must be one-dimensional, not of shape \(1, 1\)"),
        ((0, 1, 0), "one-dimensional"),
        (([0, 1], [1], [0]), "differ in length: 2, 1, 1"),
        (([0], [1], [3]), r"label 3 is not in \[0, 3\)"),
        (([0], [1], [-1]), "leave abstentions out"),
        (([2**64 - 1], [1], [0]), "does not fit a signed 64-bit number"),
    ],
)
def test_it_says_what_is_wrong_with_the_votes(votes: tuple[object, ...], message: str) -> None:
    with pytest.raises(ClassifierError, match=message):
        aggregate_votes(*votes, 3)


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ({0: 3}, "gold class 3"),
        ({0: 1.5}, "gold must hold whole numbers"),
        ({0: "agn"}, "gold must hold whole numbers"),
        ([0.5], "gold must hold whole numbers"),
        ([-2], "gold class -2"),
    ],
)
def test_it_says_what_is_wrong_with_gold(gold: object, message: str) -> None:
    with pytest.raises(ClassifierError, match=message):
        aggregate_votes([0], [1], [0], 3, gold=gold)


def test_abstentions_are_dropped_and_are_no_class() -> None:
    item, voter, label = drop_answers([0, 0, 1], [0, 1, 0], [2, UNSURE, UNSURE], {UNSURE})
    assert (item.tolist(), voter.tolist(), label.tolist()) == ([0], [0], [2])
    assert aggregate_votes(item, voter, label, 3).items.tolist() == [0]


def test_dropping_leaves_the_given_arrays_alone() -> None:
    label = np.array([0, -1])
    kept = drop_answers([0, 1], [0, 0], label, [-1])[2]
    kept += 1
    assert label.tolist() == [0, -1]


def test_dropping_nothing_keeps_everything() -> None:
    assert [len(part) for part in drop_answers([0, 1], [0, 0], [1, 1], [])] == [2, 2, 2]


@pytest.mark.parametrize("spread", [1, 10**15])
def test_numbers_far_apart_are_numbered_like_numbers_close_together(spread: int) -> None:
    item = np.array([5, 3, 5, 4]) * spread
    result = aggregate_votes(item, [0, 0, 1, 1], [0, 1, 0, 1], 2)
    assert result.items.tolist() == [3 * spread, 4 * spread, 5 * spread]
    assert result.n_votes.tolist() == [1, 1, 2]
