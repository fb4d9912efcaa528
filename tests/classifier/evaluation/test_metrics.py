"""Figures of merit against values worked out by hand."""

import numpy as np
import pytest

from classifier import ClassifierError, NaiveBayesClassifier
from classifier.evaluation import cross_validated, evaluate, paired_bootstrap, stratified_folds

TRUTH = ["agn", "agn", "star", "star"]
PROBA = [[0.8, 0.2], [0.4, 0.6], [0.1, 0.9], [0.3, 0.7]]


def test_metrics_of_four_sources() -> None:
    got = evaluate(TRUTH, PROBA, ["agn", "star"])
    assert got.log_loss == pytest.approx(-np.log([0.8, 0.4, 0.9, 0.7]).mean())
    assert got.brier == pytest.approx(2 * np.mean([0.04, 0.36, 0.01, 0.09]))
    assert (got.accuracy, got.balanced_accuracy, got.n) == (0.75, 0.75, 4)
    assert got.confusion.tolist() == [[1, 1], [0, 2]]
    assert got.precision.tolist() == pytest.approx([1.0, 2 / 3])
    assert got.f1.tolist() == pytest.approx([2 / 3, 0.8])


def test_calibration_error_of_four_sources() -> None:
    # every confidence lies in its own bin: |1 - .8|, |0 - .6|, |1 - .9|, |1 - .7|
    assert evaluate(TRUTH, PROBA, ["agn", "star"]).ece == pytest.approx((0.2 + 0.6 + 0.1 + 0.3) / 4)


def test_a_probability_of_zero_does_not_decide_alone() -> None:
    assert np.isfinite(evaluate(["agn"], [[0.0, 1.0]], ["agn", "star"]).log_loss)


def test_a_class_that_never_occurs_has_no_recall() -> None:
    got = evaluate(["agn"], [[0.7, 0.3]], ["agn", "star"])
    assert np.isnan(got.recall[1])
    assert got.balanced_accuracy == 1.0


@pytest.mark.parametrize("truth", [[], ["ulx", "agn", "agn", "agn"], ["agn"]])
def test_it_refuses_what_cannot_be_compared(truth: list[str]) -> None:
    with pytest.raises(ClassifierError):
        evaluate(truth, PROBA, ["agn", "star"])


def test_folds_share_every_class_evenly() -> None:
    codes = np.repeat([0, 1, 2], [50, 11, 3])
    fold = stratified_folds(codes, 5, np.random.default_rng(0))
    per_class = np.array([[np.sum(fold[codes == k] == f) for f in range(5)] for k in range(3)])
    assert np.all(np.ptp(per_class, axis=1) <= 1)


def test_cross_validation_never_judges_on_the_training_sample() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 5)), rng.choice(["agn", "star"], 200)
    proba = cross_validated(NaiveBayesClassifier(), X, y, rng)
    assert evaluate(y, proba, ["agn", "star"]).accuracy < 0.62


def test_a_class_of_one_source_has_no_probability_where_it_did_not_train() -> None:
    X, y = np.arange(9.0)[:, None], np.array(["agn"] * 4 + ["star"] * 4 + ["xrb"])
    proba = cross_validated(NaiveBayesClassifier(), X, y, np.random.default_rng(0), n_folds=3)
    assert proba[8, 2] == 0.0
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)


def test_the_bootstrap_interval_has_the_width_of_the_standard_error() -> None:
    rng = np.random.default_rng(0)
    difference = rng.normal(0.1, 1.0, 400)
    got = paired_bootstrap(difference, np.zeros(400), rng)
    assert got.mean == pytest.approx(difference.mean())
    assert got.high - got.low == pytest.approx(2 * 1.96 * difference.std() / 20, rel=0.1)


def test_the_bootstrap_repeats_with_its_generator() -> None:
    losses = np.random.default_rng(1).random((2, 50))
    first, second = (paired_bootstrap(*losses, np.random.default_rng(7)) for _ in range(2))
    assert first == second
