"""The outlier score rises with what is unusual."""

import numpy as np
import pytest

from classifier import NaiveBayesClassifier


@pytest.fixture
def model() -> NaiveBayesClassifier:
    rng = np.random.default_rng(2)
    y = rng.choice(["agn", "star"], 400)
    X = rng.normal(size=(400, 3)) + 3.0 * (y == "star")[:, None]
    return NaiveBayesClassifier().fit(X, y)


@pytest.mark.parametrize("direction", [1.0, -1.0])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_it_never_falls_as_a_property_moves_further_out(
    model: NaiveBayesClassifier, column: int, direction: float
) -> None:
    X = np.tile([1.0, 2.5, 0.5], (200, 1))
    X[:, column] = direction * np.geomspace(8.0, 1e250, 200)
    scores = model.outlier_score(X)
    assert np.all(np.diff(scores) >= 0)
    assert scores[-1] > 1.0


def test_typical_sources_score_low_and_strange_ones_high(model: NaiveBayesClassifier) -> None:
    typical, strange, doubtful = model.outlier_score([[0.0, 0.0, 0.0], [9.0, -9.0, 9.0], [1.5, 1.5, 1.5]])
    assert typical < 0.3
    assert doubtful > typical
    assert strange > doubtful


def test_missing_values_make_no_source_unusual(model: NaiveBayesClassifier) -> None:
    nothing, strange = model.outlier_score([[np.nan] * 3, [9.0, -9.0, np.nan]])
    assert np.isfinite(nothing)
    assert nothing < strange


def test_the_score_of_a_source_does_not_depend_on_its_company(model: NaiveBayesClassifier) -> None:
    X = np.random.default_rng(4).normal(size=(20, 3))
    alone = [model.outlier_score(X[[i]])[0] for i in range(20)]
    np.testing.assert_allclose(model.outlier_score(X), alone, atol=1e-12)


def test_the_p_value_is_the_share_of_training_sources_as_surprising(model: NaiveBayesClassifier) -> None:
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 4000)
    alike = rng.normal(size=(4000, 3)) + 3.0 * y[:, None]
    p = model.outlier_p_value(alike)
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.04)
    assert p.mean() == pytest.approx(0.5, abs=0.06)
    assert model.outlier_p_value([[9.0, -9.0, 9.0]])[0] < 0.01


def test_a_class_that_was_never_seen_stands_out(model: NaiveBayesClassifier) -> None:
    rng = np.random.default_rng(6)
    known, unknown = rng.normal(size=(300, 3)), rng.normal([4.0, -3.0, 1.0], 1.0, (300, 3))
    score = model.outlier_score(np.concatenate([known, unknown]))
    above = (score[300:, None] > score[None, :300]).mean()
    assert above > 0.9
