"""How sure votes make one."""

import numpy as np
import pytest

from classifier.aggregation import Calibration, aggregate_votes
from classifier.aggregation.calibration import choose_calibration


def test_nobody_voted_nothing_is_scaled() -> None:
    assert Calibration(scale=0.5, dependence=0.2).factor([0]).tolist() == [1.0]


def test_votes_that_repeat_each_other_are_worth_fewer() -> None:
    worth = np.array([1, 2, 11]) * Calibration(dependence=0.1).factor([1, 2, 11])
    assert worth.tolist() == pytest.approx([1.0, 2 / 1.1, 5.5])


def test_votes_that_are_all_the_same_are_worth_one() -> None:
    assert float(Calibration(dependence=1.0).factor([30])[0] * 30) == pytest.approx(1.0)


def test_no_votes_to_learn_from_change_nothing() -> None:
    assert choose_calibration(np.empty((0, 3)), np.empty(0), np.empty((0, 3))) == Calibration()


@pytest.mark.parametrize("truth_scale", [1.0, 0.4])
def test_it_finds_the_scale_that_was_put_in(truth_scale: float) -> None:
    rng = np.random.default_rng(6)
    log_odds = np.column_stack([rng.normal(0, 4, 20_000), np.zeros(20_000)])
    first = rng.random(20_000) < 1 / (1 + np.exp(-truth_scale * log_odds[:, 0]))
    said = np.where(rng.random(20_000) < 0.8, first, ~first)
    likelihood = np.column_stack([np.where(said, 0.8, 0.2), np.where(said, 0.2, 0.8)])
    found = choose_calibration(log_odds, np.ones(20_000), likelihood)
    assert found.scale == pytest.approx(truth_scale, abs=0.1)


def test_slips_of_voters_do_not_make_the_items_look_doubtful() -> None:
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 4, 20_000)
    log_odds = 12.0 * np.eye(4)[truth]
    said = np.where(rng.random(20_000) < 0.05, rng.integers(0, 4, 20_000), truth)
    believed = 0.001 / 3 + (0.999 - 0.001 / 3) * np.eye(4)[said]
    assert choose_calibration(log_odds, np.full(20_000, 19.0), believed) == Calibration()


@pytest.mark.parametrize("names", [(0, 2, 1), (1, 2, 0)])
def test_repeated_votes_do_not_depend_on_the_names_of_the_classes(names: tuple[int, ...]) -> None:
    votes = [(0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 2), (1, 0, 0), (1, 0, 1)]
    item, voter, label = np.transpose(votes)
    renamed = aggregate_votes(item, voter, np.array(names)[label], 3).posterior[:, names]
    assert renamed == pytest.approx(aggregate_votes(item, voter, label, 3).posterior, abs=1e-6)
