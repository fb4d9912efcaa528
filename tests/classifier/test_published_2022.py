"""The published formula, against numbers worked out by hand."""

import numpy as np
import pytest

from classifier import FeatureSpec
from classifier.evaluation import evaluate
from classifier.published_2022 import Published2022Classifier, tabulate

TWO = (FeatureSpec("hr1", category="spectrum"), FeatureSpec("fxo", category="multiwavelength"))


@pytest.fixture
def model() -> Published2022Classifier:
    """Two classes of ten; property 1 is measured in 10 and 10, property 2 in 10 and 5 of them."""
    X = np.column_stack([np.linspace(0, 1, 20), np.linspace(0, 1, 20)])
    X[15:, 1] = np.nan
    return Published2022Classifier(TWO, {0: 0.75, 1: 0.25}).fit(X, np.repeat([0, 1], 10))


def test_the_share_of_measured_sources_is_kept_off_zero_and_one(model: Published2022Classifier) -> None:
    # (10 + .001 * 10) / (1.002 * 10) and (5 + .01) / 10.02
    np.testing.assert_allclose(model.presence_, [[0.999002, 0.999002], [0.999002, 0.5]], atol=1e-6)


def test_densities_are_laplace_kernels_in_99_bins() -> None:
    centres, density = tabulate(np.array([0.0, 1.0]), np.array([0, 1]), 2)
    # bandwidth 1 / (5 * 2^0.2) = 0.17411; neighbouring centres are 1/99 apart
    assert density[0, 10] / density[0, 11] == pytest.approx(np.exp(1 / 99 / 0.174110), rel=1e-5)
    np.testing.assert_allclose(density.sum(axis=1), 1.0)
    assert centres[0] == pytest.approx(0.5 / 99)


def test_a_source_without_measurements_is_judged_by_what_is_missing(model: Published2022Classifier) -> None:
    # each category: log(1 - presence) * 5 / 1; their sum * 8 / 2, plus the prior
    missing = np.log([[0.000998, 0.000998], [0.000998, 0.5]]) * 5 * 8 / 2
    odds = np.log(3) + (missing[0, 0] - missing[0, 1]) + (missing[1, 0] - missing[1, 1])
    got = model.predict_proba([[np.nan, np.nan]])[0]
    assert np.log(got[0] + 1e-300) - np.log(got[1]) == pytest.approx(odds, rel=1e-3)


def test_outside_the_range_the_likelihood_is_one(model: Published2022Classifier) -> None:
    # presence alone is left: exponent 5 / 2 for one measured property, 8 / 2 over the categories
    odds = np.log(3) + 10 * (np.log(0.999002) - np.log(0.5))
    proba = model.predict_proba([[9.0, 9.0]])[0]
    assert np.log(proba[0] / proba[1]) == pytest.approx(odds, rel=1e-5)


def test_its_outlier_measure_falls_where_a_source_leaves_the_range(model: Published2022Classifier) -> None:
    inside, outside = model.outlier_measure([[0.5, 0.5], [9.0, 9.0]])
    assert outside < inside


def test_published_precision_is_that_of_a_catalogue_with_the_published_priors() -> None:
    # recalls of .9 and .8: pi_c R_cc / sum_j pi_j R_jc = .75 * .9 / (.75 * .9 + .25 * .2)
    truth = np.repeat([0, 1], 10)
    called = np.array([0] * 9 + [1] + [1] * 8 + [0] * 2)
    got = evaluate(truth, np.eye(2)[called], [0, 1]).corrected_precision([0.75, 0.25])
    assert got.tolist() == pytest.approx([0.675 / 0.725, 0.2 / (0.2 + 0.075)])
