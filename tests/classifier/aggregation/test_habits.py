"""What the rules learn about voters, and what it is good for."""

import numpy as np
import pytest

from classifier import ClassifierError
from classifier.aggregation import METHODS, OnlinePosterior, aggregate_votes

SHARES = np.array([0.5, 0.3, 0.12, 0.08])
Crowd = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
LEARNING = ["dawid-skene", "one-coin", "ensemble"]


def make_crowd(n_items: int, n_votes: int, n_voters: int, accuracies: list[float], seed: int) -> Crowd:
    rng = np.random.default_rng(seed)
    truth = rng.choice(4, n_items, p=SHARES)
    item = np.repeat(np.arange(n_items), n_votes)
    voter = np.concatenate([rng.choice(n_voters, n_votes, replace=False) for _ in range(n_items)])
    right = rng.random(len(item)) < np.resize(accuracies, n_voters)[voter]
    wrong = (truth[item] + rng.integers(1, 4, len(item))) % 4
    return item, voter, np.where(right, truth[item], wrong), truth


@pytest.mark.parametrize("method", LEARNING)
def test_habits_tell_good_voters_from_bad_ones(method: str) -> None:
    item, voter, label, _ = make_crowd(300, 10, 20, [0.9, 0.4], seed=1)
    result = aggregate_votes(item, voter, label, 4, method)
    good, bad = (np.trace(result.habits_of(v)) / 4 for v in (0, 1))
    assert good == pytest.approx(0.9, abs=0.08)
    assert bad == pytest.approx(0.4, abs=0.12)


@pytest.mark.parametrize("method", LEARNING)
def test_an_unseen_voter_counts_as_an_average_one(method: str) -> None:
    item, voter, label, _ = make_crowd(300, 10, 20, [0.9, 0.5], seed=2)
    result = aggregate_votes(item, voter, label, 4, method)
    average = result.habits_of(10**9)
    np.testing.assert_allclose(average.sum(axis=1), 1.0)
    assert np.trace(average) / 4 == pytest.approx(0.7, abs=0.08)


@pytest.mark.parametrize("method", ["majority", "glad"])
def test_a_rule_without_habits_says_so(method: str) -> None:
    with pytest.raises(ClassifierError, match="learns no habits"):
        aggregate_votes([0], [0], [0], 2, method).habits_of(0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n_votes", "least_recall"), [(2, 0.2), (3, 0.4), (4, 0.4)])
def test_few_votes_do_not_make_rare_classes_vanish(method: str, n_votes: int, least_recall: float) -> None:
    item, voter, label, truth = make_crowd(1500, n_votes, 100, [0.7, 0.6, 0.45], seed=n_votes)
    named = aggregate_votes(item, voter, label, 4, method).label
    recall = np.array([(named[truth == k] == k).mean() for k in range(4)])
    assert recall.min() > least_recall


@pytest.mark.parametrize("method", ["dawid-skene", "one-coin", "ensemble"])
def test_voters_who_swap_two_classes_or_always_say_the_same_do_little_harm(method: str) -> None:
    item, voter, label, truth = make_crowd(400, 12, 30, [0.8], seed=5)
    label = np.where(voter < 6, 0, label)
    label = np.where((voter >= 6) & (voter < 9), np.array([1, 0, 3, 2])[label], label)
    result = aggregate_votes(item, voter, label, 4, method)
    assert (result.label == truth).mean() > 0.97


def test_gold_shows_that_a_small_crowd_is_mistaken() -> None:
    item, voter = np.divmod(np.arange(120), 3)
    truth = np.arange(40) % 2
    label = np.where(voter < 2, 1 - truth[item], truth[item])
    taught = aggregate_votes(item, voter, label, 2, gold={i: int(truth[i]) for i in range(30)})
    assert (taught.label == truth).all()


def test_votes_that_repeat_each_other_are_discounted() -> None:
    rng = np.random.default_rng(3)
    item, voter = np.divmod(np.arange(400 * 15), 15)
    truth, hard = rng.integers(0, 2, 400), rng.random(400) < 0.4
    chance = np.where(hard, 0.5, 0.9)[item]
    label = np.where(rng.random(len(item)) < chance, truth[item], 1 - truth[item])
    result = aggregate_votes(item, voter, label, 2)
    assert result.fit.calibration.factor(15) <= 0.5
    assert result.posterior[hard].max(axis=1).mean() < 0.9


def test_votes_that_do_not_are_not() -> None:
    item, voter, label, truth = make_crowd(2000, 8, 25, [0.7, 0.5], seed=8)
    result = aggregate_votes(item, voter, label, 4)
    assert result.fit.calibration.factor(8) >= 0.8
    assert result.posterior.max(axis=1).mean() == pytest.approx((result.label == truth).mean(), abs=0.03)


@pytest.mark.parametrize("n_votes", [2, 3, 5])
def test_few_votes_do_not_make_it_sure_of_itself(n_votes: int) -> None:
    item, voter, label, truth = make_crowd(1000, n_votes, 100, [0.7, 0.5], seed=n_votes)
    result = aggregate_votes(item, voter, label, 4)
    assert result.posterior.max(axis=1).mean() < (result.label == truth).mean() + 0.08


def test_vote_by_vote_comes_to_what_all_votes_at_once_come_to() -> None:
    item, voter, label, _ = make_crowd(60, 6, 12, [0.8, 0.6], seed=4)
    result = aggregate_votes(item, voter, label, 4)
    for number in (0, 17, 59):
        source = OnlinePosterior.before_votes(result.fit.class_shares, result.fit.calibration)
        for v, k in zip(voter[item == number], label[item == number], strict=True):
            source = source.after(int(k), result.habits_of(int(v)))
        np.testing.assert_allclose(source.posterior, result.posterior[number], atol=1e-3)
        assert source.n_votes == 6


def test_before_any_vote_a_source_has_the_class_shares() -> None:
    np.testing.assert_allclose(OnlinePosterior.before_votes([2, 1, 1]).posterior, [0.5, 0.25, 0.25])


def test_a_vote_leaves_the_earlier_state_alone() -> None:
    before = OnlinePosterior.before_votes([1, 1])
    after = before.after(0, np.array([[0.8, 0.2], [0.3, 0.7]]))
    np.testing.assert_allclose(before.posterior, [0.5, 0.5])
    np.testing.assert_allclose(after.posterior, [8 / 11, 3 / 11])


@pytest.mark.parametrize(
    ("label", "habits"),
    [(2, np.full((2, 2), 0.5)), (-1, np.full((2, 2), 0.5)), (0, np.full((3, 3), 1 / 3)), (0, np.eye(2))],
)
def test_an_impossible_vote_is_refused(label: int, habits: np.ndarray) -> None:
    with pytest.raises(ClassifierError):
        OnlinePosterior.before_votes([1, 1]).after(label, habits)


@pytest.mark.parametrize("shares", [[], [1, 0], [1, -1], [1, np.nan], [[1, 1]]])
def test_impossible_class_shares_are_refused(shares: list[float]) -> None:
    with pytest.raises(ClassifierError, match="positive"):
        OnlinePosterior.before_votes(shares)


def test_the_evidence_is_the_sum_of_its_votes_logarithms() -> None:
    item, voter, label, _ = make_crowd(40, 10, 20, [0.9, 0.4], seed=4)
    result = aggregate_votes(item, voter, label, 4)
    logs = np.log(result.habits[voter, :, label])
    expected = [logs[item == row].sum(axis=0) for row in result.items]
    assert result.evidence == pytest.approx(np.array(expected))
