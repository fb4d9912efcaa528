"""Rules scored on items whose class is known."""

from pathlib import Path

import numpy as np
import pytest

from classifier import ClassifierError
from classifier.aggregation import METHODS, score_rules
from classifier.aggregation.scoreboard import score_posterior

VOTES = ([0, 0, 0, 1, 1, 1, 2], [0, 1, 2, 0, 1, 2, 0], [0, 0, 1, 1, 1, 0, 0])


def test_every_rule_is_scored_on_the_same_items() -> None:
    scores = score_rules(VOTES, 2, {0: 0, 1: 1, 99: 1})
    assert [score.method for score in scores] == list(METHODS)
    assert {score.n for score in scores} == {2}
    assert {score.accuracy for score in scores} == {1.0}


def test_the_figures_are_those_of_the_books() -> None:
    posterior = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    score = score_posterior("by hand", posterior, np.array([0, 1, 1, 0]))
    assert score.accuracy == 0.75
    assert score.macro_f1 == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2)
    assert score.log_loss == pytest.approx(-np.log([0.9, 0.4, 0.8, 0.7]).mean())
    assert score.ece == pytest.approx((0.1 + 0.6 + 0.2 + 0.3) / 4)


def test_certainty_about_the_wrong_class_costs_much_but_not_all() -> None:
    score = score_posterior("sure", np.array([[1.0, 0.0]]), np.array([1]))
    assert score.log_loss == pytest.approx(-np.log(1e-9))


@pytest.mark.parametrize("truth", [{}, {99: 0}, {0: 2}, {0: -1}])
def test_it_refuses_to_score_on_nothing(truth: dict[int, int]) -> None:
    with pytest.raises(ClassifierError):
        score_rules(VOTES, 2, truth)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["bluebird", "rte", "tweet_sentiment"])
def test_on_real_crowds_knowing_the_voters_beats_counting_them(real_data: Path, name: str) -> None:
    folder = real_data / "crowd_votes" / name
    votes = np.loadtxt(folder / "label.csv", delimiter=",", skiprows=1, dtype=int)
    truth = dict(np.loadtxt(folder / "truth.csv", delimiter=",", skiprows=1, dtype=int).tolist())
    counted, *known = score_rules(tuple(votes.T), 2, truth, ["majority", "dawid-skene", "ensemble"])
    assert min(score.accuracy for score in known) > counted.accuracy
    assert max(score.log_loss for score in known) < counted.log_loss
