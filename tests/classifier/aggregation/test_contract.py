"""What holds for every rule, whatever the votes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.aggregation import METHODS, aggregate_votes
from classifier.aggregation.aggregate import Aggregation

RULES = pytest.mark.parametrize("method", METHODS)
VOTES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=40)


def aggregate(votes: list[tuple[int, int, int]], method: str, n_classes: int = 3) -> Aggregation:
    item, voter, label = np.array(votes).T
    return aggregate_votes(item, voter, label, n_classes, method)


@RULES
@settings(max_examples=15, deadline=None)
@given(votes=VOTES)
def test_any_votes_give_probabilities(method: str, votes: list[tuple[int, int, int]]) -> None:
    result = aggregate(votes, method)
    assert np.isfinite(result.posterior).all()
    assert result.posterior.min() >= 0
    np.testing.assert_allclose(result.posterior.sum(axis=1), 1.0, atol=1e-9)
    assert result.n_votes.sum() == len(votes)
    assert ((result.agreement >= 0) & (result.agreement <= 1)).all()


@RULES
@settings(max_examples=15, deadline=None)
@given(votes=VOTES, order=st.randoms(use_true_random=False))
def test_the_order_of_votes_changes_nothing(method: str, votes: list[tuple[int, int, int]], order) -> None:
    mixed = list(votes)
    order.shuffle(mixed)
    np.testing.assert_allclose(
        aggregate(mixed, method).posterior, aggregate(votes, method).posterior, atol=1e-12
    )


@RULES
@settings(max_examples=15, deadline=None)
@given(votes=VOTES, names=st.permutations([0, 1, 2]))
def test_other_names_for_the_classes_permute_the_columns(
    method: str, votes: list[tuple[int, int, int]], names: list[int]
) -> None:
    renamed = aggregate([(i, v, names[k]) for i, v, k in votes], method).posterior
    np.testing.assert_allclose(renamed[:, names], aggregate(votes, method).posterior, atol=1e-6)


@RULES
def test_other_numbers_for_items_and_voters_change_nothing_else(method: str) -> None:
    item, voter, label = [0, 0, 1, 1, 2], [0, 1, 0, 2, 2], [0, 1, 1, 1, 0]
    plain = aggregate_votes(item, voter, label, 2, method)
    huge = aggregate_votes(
        [-(2**62) + i * 2**60 for i in item], [2**63 - 9 + v for v in voter], label, 2, method
    )
    assert huge.items.tolist() == [-(2**62), -(2**62) + 2**60, -(2**62) + 2**61]
    np.testing.assert_array_equal(huge.posterior, plain.posterior)


@RULES
def test_the_given_arrays_stay_as_they_are(method: str) -> None:
    given_arrays = [np.array(values) for values in ([3, 1, 1], [5, 5, 2], [0, 1, 1])]
    gold = np.array([-1, 0, -1, -1])
    for array in (*given_arrays, gold):
        array.flags.writeable = False
    aggregate_votes(*given_arrays, 2, method, gold)


@RULES
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64, np.int64])
def test_any_whole_numbers_will_do(method: str, dtype: type) -> None:
    item, voter, label = (np.array(values, dtype) for values in ([200, 200, 3], [1, 2, 1], [0, 0, 2]))
    assert aggregate_votes(item, voter, label, 3, method).items.tolist() == [3, 200]


@RULES
def test_a_class_nobody_named_stays_possible_but_never_wins(method: str) -> None:
    result = aggregate_votes([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], 3, method)
    assert result.label.tolist() == [0, 1]
    assert (result.posterior[:, 2] < 0.3).all()


@RULES
def test_one_voter_alone_is_believed(method: str) -> None:
    result = aggregate_votes(range(30), [7] * 30, [0, 1, 2] * 10, 3, method)
    assert result.label.tolist() == [0, 1, 2] * 10


@RULES
def test_where_all_agree_all_are_believed(method: str) -> None:
    item, voter = np.divmod(np.arange(200), 5)
    result = aggregate_votes(item, voter, item % 4, 4, method)
    assert result.label.tolist() == (np.arange(40) % 4).tolist()
    assert result.agreement.tolist() == [1.0] * 40
    assert result.posterior.max(axis=1).min() > 0.9


@RULES
def test_a_single_class_is_certain(method: str) -> None:
    assert aggregate_votes([0, 0, 4], [0, 1, 1], [0, 0, 0], 1, method).posterior.tolist() == [[1.0], [1.0]]


@RULES
def test_repeated_votes_of_a_voter_count_each_time(method: str) -> None:
    result = aggregate_votes([0, 0, 0, 1], [0, 0, 1, 1], [1, 1, 0, 0], 2, method)
    assert result.n_votes.tolist() == [3, 1]
    assert np.isfinite(result.posterior).all()


@RULES
def test_gold_on_items_without_votes_is_passed_over(method: str) -> None:
    result = aggregate_votes([4], [0], [1], 2, method, gold={9: 0, 4: 1})
    assert result.items.tolist() == [4]
    assert result.posterior.tolist() == [[0.0, 1.0]]


@RULES
def test_gold_shorter_or_longer_than_the_items_is_understood(method: str) -> None:
    for gold in ([1], [1, -1, -1, -1, -1, -1, -1]):
        result = aggregate_votes([0, 5], [0, 0], [0, 0], 2, method, gold=gold)
        assert result.posterior[0].tolist() == [0.0, 1.0]
        assert result.label[1] == 0


@RULES
def test_where_all_is_gold_nothing_is_left_to_learn(method: str) -> None:
    result = aggregate_votes([0, 1, 1], [0, 0, 1], [0, 0, 1], 2, method, gold={0: 1, 1: 0})
    assert result.posterior.tolist() == [[0.0, 1.0], [1.0, 0.0]]
