"""Decisions for the sake of one class."""

import numpy as np
import pytest

from classifier import ClassifierError
from classifier.adaptation import fit_f1_decision

PROBA = np.array([[0.9, 0.1], [0.6, 0.4], [0.65, 0.35], [0.2, 0.8], [0.95, 0.05]])
TRUTH = np.array([0, 1, 1, 1, 0])


def test_it_finds_the_odds_with_the_best_f1() -> None:
    rule = fit_f1_decision(PROBA, TRUTH, target=1)
    assert rule.decide(PROBA).tolist() == TRUTH.tolist()
    assert rule.f1 == 1.0
    assert 0.1 / 0.9 < rule.odds < 0.35 / 0.65


def test_it_is_never_worse_than_the_usual_rule_where_it_was_made() -> None:
    rng = np.random.default_rng(0)
    proba, truth = rng.dirichlet([1, 1, 1], 400), rng.integers(0, 3, 400)
    usual = proba.argmax(axis=1) == 2
    f1 = 2 * (usual & (truth == 2)).sum() / (usual.sum() + (truth == 2).sum())
    rule = fit_f1_decision(proba, truth, target=2)
    called = rule.decide(proba) == 2
    assert 2 * (called & (truth == 2)).sum() / (called.sum() + (truth == 2).sum()) == pytest.approx(rule.f1)
    assert rule.f1 >= f1


def test_it_leaves_the_probabilities_alone() -> None:
    before = PROBA.copy()
    fit_f1_decision(PROBA, TRUTH, target=1).decide(PROBA)
    np.testing.assert_array_equal(PROBA, before)


def test_it_needs_sources_of_the_class() -> None:
    with pytest.raises(ClassifierError, match="needs sources"):
        fit_f1_decision(PROBA, np.zeros(5, dtype=int), target=1)
