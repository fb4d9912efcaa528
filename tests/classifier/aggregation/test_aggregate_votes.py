"""Votes in, class probabilities out."""

import numpy as np
import pytest

from classifier import ClassifierError
from classifier.aggregation import METHODS, aggregate_votes

TRUE_SHARES = [0.5, 0.3, 0.12, 0.08]
Crowd = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    """400 items, 8 votes each, 40 voters: a third careful, a third casual, a third bad."""
    rng = np.random.default_rng(20)
    truth = rng.choice(4, 400, p=TRUE_SHARES)
    item = np.repeat(np.arange(400), 8)
    voter = np.concatenate([rng.choice(40, 8, replace=False) for _ in range(400)])
    accuracy = np.repeat([0.9, 0.5, 0.05], [14, 13, 13])
    right = rng.random(len(item)) < accuracy[voter]
    wrong = np.where(rng.random(len(item)) < 0.5, 0, rng.integers(0, 4, len(item)))
    return item, voter, np.where(right, truth[item], wrong), truth


def test_knowing_the_voters_beats_counting_them(crowd: Crowd) -> None:
    item, voter, label, truth = crowd
    counted = (aggregate_votes(item, voter, label, 4, "majority").label == truth).mean()
    known = (aggregate_votes(item, voter, label, 4, "dawid-skene").label == truth).mean()
    assert known > counted + 0.03
    assert known > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_every_row_is_a_probability(crowd: Crowd, method: str) -> None:
    posterior = aggregate_votes(*crowd[:3], 4, method).posterior
    assert posterior.shape == (400, 4)
    assert posterior.min() >= 0
    np.testing.assert_allclose(posterior.sum(axis=1), 1.0, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_the_votes_does_not_matter(crowd: Crowd, method: str) -> None:
    shuffled = np.random.default_rng(1).permutation(len(crowd[0]))
    straight = aggregate_votes(*crowd[:3], 4, method).posterior
    mixed = aggregate_votes(*(part[shuffled] for part in crowd[:3]), 4, method).posterior
    np.testing.assert_allclose(mixed, straight, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_rows_follow_the_sorted_item_numbers(method: str) -> None:
    result = aggregate_votes([900, 5, 900, 5], [3, 3, 8, 8], [1, 0, 1, 0], 2, method)
    assert result.items.tolist() == [5, 900]
    assert result.label.tolist() == [0, 1]
    assert result.n_votes.tolist() == [2, 2]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("gold", [{1: 3}, np.array([-1, 3])])
def test_gold_is_respected_against_all_votes(method: str, gold: object) -> None:
    result = aggregate_votes([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], 4, method, gold)
    assert result.posterior[1].tolist() == [0, 0, 0, 1]
    assert result.agreement.tolist() == [1.0, 0.0]


def test_gold_teaches_whom_to_believe() -> None:
    item, voter = np.repeat(np.arange(21), 2), np.tile([0, 1], 21)
    label = np.column_stack([np.arange(21) % 2, 1 - np.arange(21) % 2]).ravel()
    result = aggregate_votes(item, voter, label, 2, gold={i: i % 2 for i in range(20)})
    assert result.posterior[20, 0] > 0.9


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "votes",
    [([0], [0], [2]), ([0] * 3, [0, 1, 2], [2] * 3), ([0, 1], [0, 0], [2, 2])],
    ids=["1", "1x3", "2x1"],
)
def test_few_votes_are_believed_but_never_break_it(method: str, votes: tuple[list[int], ...]) -> None:
    result = aggregate_votes(*votes, 4, method)
    assert set(result.label) == {2}
    assert np.isfinite(result.posterior).all()


def test_one_vote_is_not_certainty() -> None:
    assert 0.5 < aggregate_votes([0], [0], [2], 4).posterior[0, 2] < 0.9


@pytest.mark.parametrize("method", METHODS)
def test_no_votes_give_no_items(method: str) -> None:
    assert aggregate_votes([], [], [], 4, method).posterior.shape == (0, 4)


def test_ties_of_the_majority_go_to_the_commoner_class() -> None:
    result = aggregate_votes([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [0, 3, 3, 3, 3], 4, "majority")
    assert result.label.tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("votes", "n_classes", "method"),
    [
        (([0], [0], [4]), 4, "majority"),
        (([0], [0], [-1]), 4, "majority"),
        (([0, 1], [0], [1]), 4, "majority"),
        (([0.5], [0], [1]), 4, "majority"),
        (([0], [0], [0]), 4, "tea-leaves"),
        (([0], [0], [0]), 0, "majority"),
    ],
)
def test_it_refuses_votes_it_cannot_count(
    votes: tuple[list[float], ...], n_classes: int, method: str
) -> None:
    with pytest.raises(ClassifierError):
        aggregate_votes(*votes, n_classes, method)
