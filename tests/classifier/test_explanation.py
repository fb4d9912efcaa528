"""Explanations add up and name what matters."""

import numpy as np
import pytest

from classifier import Explanation, FeatureSpec, NaiveBayesClassifier

SPECS = [FeatureSpec("hr1", category="spectrum"), FeatureSpec("hr2", category="spectrum"), FeatureSpec("fxo")]


@pytest.fixture
def model() -> NaiveBayesClassifier:
    rng = np.random.default_rng(11)
    y = rng.choice(["agn", "cv", "star"], 200)
    X = rng.normal(size=(200, 3)) + 2.0 * (y == "star")[:, None]
    return NaiveBayesClassifier(SPECS).fit(X, y)


@pytest.fixture
def explained(model: NaiveBayesClassifier) -> Explanation:
    return model.explain([[0.1, np.nan, 2.0], [40.0, -3.0, 0.0], [np.nan, np.nan, np.nan]])


def test_terms_and_prior_add_up_to_the_log_odds(model: NaiveBayesClassifier, explained: Explanation) -> None:
    log_proba = model.predict_log_proba([[0.1, np.nan, 2.0], [40.0, -3.0, 0.0], [np.nan, np.nan, np.nan]])
    rows = np.arange(3)
    odds = log_proba[rows, explained.predicted] - log_proba[rows, explained.runner_up]
    np.testing.assert_allclose(
        explained.prior_log_odds + explained.term_log_odds.sum(axis=1), odds, atol=1e-9
    )


def test_the_runner_up_is_the_second_most_probable_class(explained: Explanation) -> None:
    order = np.argsort(-explained.score, axis=1)
    assert explained.predicted.tolist() == order[:, 0].tolist()
    assert explained.runner_up.tolist() == order[:, 1].tolist()


def test_categories_hold_all_the_terms(explained: Explanation) -> None:
    assert explained.categories == ("spectrum", "fxo")
    np.testing.assert_allclose(explained.category_terms.sum(axis=1), explained.terms.sum(axis=1), atol=1e-12)


def test_leaving_the_only_telling_category_out_leaves_the_prior(explained: Explanation) -> None:
    assert explained.without_category[2].tolist() == [int(explained.log_prior.argmax())] * 2


def test_it_says_what_is_missing(explained: Explanation) -> None:
    assert explained.missing_names(0) == ("hr2",)
    assert explained.missing_names(2) == ("hr1", "hr2", "fxo")
    assert not explained.terms[2].any()


def test_it_says_what_a_missing_property_could_change(
    model: NaiveBayesClassifier, explained: Explanation
) -> None:
    assert explained.missing_reach.shape == (3, 3)
    assert explained.missing_reach[0, [0, 2]].tolist() == [0.0, 0.0]
    values = np.column_stack([np.full(200, 0.1), np.linspace(-4, 6, 200), np.full(200, 2.0)])
    best, second = explained.predicted[0], explained.runner_up[0]
    terms = model.explain(values).terms[:, 1]
    largest = (terms[:, second] - terms[:, best]).max()
    assert explained.missing_reach[0, 1] == pytest.approx(largest, abs=0.02)
    assert explained.could_change[0, 1] == (explained.missing_reach[0, 1] > explained.log_odds[0])


def test_log_odds_add_up_with_pairs_and_patterns() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    y = np.where(X[:, 0] * X[:, 1] > 0, "agn", "star")
    X[(y == "star") & (rng.random(600) < 0.5), 3] = np.nan
    model = NaiveBayesClassifier().fit(X, y)
    explained, log_proba = model.explain(X), model.predict_log_proba(X)
    assert len(explained.term_names) > 4
    rows = np.arange(600)
    odds = log_proba[rows, explained.predicted] - log_proba[rows, explained.runner_up]
    np.testing.assert_allclose(explained.log_odds, odds, atol=1e-9)
    np.testing.assert_allclose(explained.category_terms.sum(axis=1), explained.terms.sum(axis=1), atol=1e-9)
