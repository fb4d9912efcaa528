"""Measurement errors widen the densities."""

import numpy as np
import pytest

from classifier import ClassifierError, FeatureSpec, NaiveBayesClassifier


@pytest.fixture(scope="module")
def model() -> NaiveBayesClassifier:
    """Two normal classes of width 1, 2 apart."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 20_000)
    return NaiveBayesClassifier(category_weights=None).fit(rng.normal(2.0 * y)[:, None], y)


def log_odds(model: NaiveBayesClassifier, x: float, error: float) -> float:
    zero, one = model.predict_log_proba([[x]], X_err=[[error]])[0]
    return float(one - zero)


def test_a_blurred_normal_is_a_wider_normal(model: NaiveBayesClassifier) -> None:
    # log-odds of two normals of variance 1 + error^2 at 0 and 2, measured at 2: 2 / (1 + error^2)
    for error in (0.1, 0.5, 1.0):
        assert log_odds(model, 2.0, error) == pytest.approx(2 / (1 + error**2), rel=0.08)


def test_a_tiny_error_changes_nothing(model: NaiveBayesClassifier) -> None:
    exact = np.diff(model.predict_log_proba([[1.7]]))[0, 0]
    assert log_odds(model, 1.7, 1e-4) == pytest.approx(exact, abs=0.02)


def test_no_error_is_the_exact_value(model: NaiveBayesClassifier) -> None:
    expected = model.predict_proba([[1.7], [np.nan]])
    for none in (0.0, np.nan):
        got = model.predict_proba([[1.7], [np.nan]], X_err=[[none], [none]])
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_explanations_see_the_same_errors(model: NaiveBayesClassifier) -> None:
    explained = model.explain([[2.0]], X_err=[[1.0]])
    assert explained.score[0, 1] - explained.score[0, 0] == pytest.approx(log_odds(model, 2.0, 1.0), abs=1e-9)


def test_nodes_outside_a_logarithm_are_left_out() -> None:
    x = np.exp(np.random.default_rng(1).normal(size=400))[:, None]
    model = NaiveBayesClassifier([FeatureSpec("pm", transform="log10")]).fit(x, (x[:, 0] > 1).astype(int))
    assert np.isfinite(model.predict_proba([[0.1]], X_err=[[5.0]])).all()


@pytest.mark.parametrize("errors", [[[1.0, 1.0]], [[-1.0]]])
def test_it_refuses_errors_that_do_not_fit(model: NaiveBayesClassifier, errors: list[list[float]]) -> None:
    with pytest.raises(ClassifierError, match="X_err"):
        model.predict_proba([[0.0]], X_err=errors)
