"""Class shares of another catalogue."""

import numpy as np
import pytest

from classifier import ClassifierError, NaiveBayesClassifier
from classifier.adaptation import estimate_priors, estimate_priors_by_bin, reweigh

OLD = np.array([0.5, 0.3, 0.2])


def draw(shares: list[float], n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.choice(3, n, p=shares)
    return rng.normal(size=(n, 2)) + np.array([[0, 0], [3, 0], [0, 3]])[y], y


@pytest.fixture(scope="module")
def model() -> NaiveBayesClassifier:
    return NaiveBayesClassifier(priors=OLD).fit(*draw([0.5, 0.3, 0.2], 4000, 0))


def test_shares_of_another_catalogue_are_found(model: NaiveBayesClassifier) -> None:
    X, y = draw([0.8, 0.19, 0.01], 20_000, 1)
    got = estimate_priors(model.predict_proba(X), OLD)
    np.testing.assert_allclose(got.priors, np.bincount(y) / len(y), atol=0.01)


def test_certain_probabilities_are_counted() -> None:
    got = estimate_priors(np.eye(2)[[0, 0, 0, 1]], [0.5, 0.5])
    np.testing.assert_allclose(got.priors, [0.75, 0.25], atol=1e-9)


def test_probabilities_that_say_nothing_leave_the_priors() -> None:
    np.testing.assert_allclose(estimate_priors(np.tile(OLD, (9, 1)), OLD).priors, OLD, atol=1e-9)


def test_each_latitude_has_its_own_shares(model: NaiveBayesClassifier) -> None:
    plane, pole = draw([0.1, 0.8, 0.1], 8000, 2)[0], draw([0.8, 0.1, 0.1], 8000, 3)[0]
    where = np.repeat([5.0, 60.0, np.nan], [8000, 7999, 1])
    proba = model.predict_proba(np.concatenate([plane, pole]))
    priors, bins = estimate_priors_by_bin(proba, OLD, where, [20.0])
    np.testing.assert_allclose(priors, [[0.1, 0.8, 0.1], [0.8, 0.1, 0.1], [0.45, 0.45, 0.1]], atol=0.03)
    assert bins[[0, 8000, -1]].tolist() == [0, 1, 2]


def test_other_priors_are_those_of_a_model_fitted_with_them(model: NaiveBayesClassifier) -> None:
    X, y = draw([0.5, 0.3, 0.2], 4000, 0)
    other = NaiveBayesClassifier(priors=[0.1, 0.1, 0.8]).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(reweigh(model.predict_proba(X), OLD, [0.1, 0.1, 0.8]), other, atol=1e-9)


@pytest.mark.parametrize(
    ("proba", "old"), [([[1.0]], [0.5, 0.5]), (np.empty((0, 2)), [0.5, 0.5]), ([[1, 0]], [1, 0])]
)
def test_it_refuses_what_does_not_fit(proba: object, old: list[float]) -> None:
    with pytest.raises(ClassifierError):
        estimate_priors(proba, old)
