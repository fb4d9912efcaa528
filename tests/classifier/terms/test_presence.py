"""What it says that a survey did or did not see a source."""

import numpy as np
import pytest

from classifier import ClassifierError, FeatureSpec, NaiveBayesClassifier
from classifier.terms.presence import PresencePattern, Survey, fit_presence

Table = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def detected() -> Table:
    """Stars have counterparts in survey b, c; half of the galaxies have none. Column a is always there."""
    rng = np.random.default_rng(0)
    y = np.repeat(["agn", "star"], 300)
    X = rng.normal(size=(600, 3))
    X[np.ix_((y == "agn") & (rng.random(600) < 0.5), [1, 2])] = np.nan
    return X, y


def counts(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(y, return_inverse=True)[1], np.ones(len(y))


def test_columns_that_are_missing_together_are_one_survey(detected: Table) -> None:
    X, y = detected
    found = fit_presence(X, *counts(y), [FeatureSpec(n) for n in "abc"], 2)
    assert [survey.members for survey in found.surveys] == [(1, 2)]


def test_no_counterpart_is_evidence_where_classes_differ_by_it(detected: Table) -> None:
    X, y = detected
    model = NaiveBayesClassifier().fit(X, y)
    assert model.predict_proba([[0.0, np.nan, np.nan]])[0, 0] > 0.9


def test_without_that_policy_a_missing_value_says_nothing(detected: Table) -> None:
    X, y = detected
    specs = [FeatureSpec(name, missing="no_evidence") for name in "abc"]
    got = NaiveBayesClassifier(specs).fit(X, y).predict_proba([[np.nan] * 3])
    np.testing.assert_allclose(got, [[0.5, 0.5]], atol=1e-12)


def test_values_missing_by_chance_are_no_survey() -> None:
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(900, 4)), rng.choice(["a", "b", "c"], 900)
    X[rng.random(X.shape) < 0.3] = np.nan
    assert not fit_presence(X, *counts(y), [FeatureSpec(n) for n in "abcd"], 3).surveys


def test_not_covered_is_not_the_same_as_not_detected(detected: Table) -> None:
    X, y = detected
    covered = np.column_stack([X, np.ones(600)])
    specs = [
        FeatureSpec("a"),
        FeatureSpec("b", survey="gaia", missing="not_detected"),
        FeatureSpec("c", survey="gaia", missing="not_detected"),
        FeatureSpec("gaia_covered", transform="coverage", survey="gaia"),
    ]
    model = NaiveBayesClassifier(specs).fit(covered, y)
    nothing, outside = model.predict_proba([[np.nan, np.nan, np.nan, 1], [np.nan, np.nan, np.nan, 0]])
    assert nothing[0] > 0.9
    assert outside[0] == pytest.approx(0.5, abs=1e-12)


def test_evidence_of_a_pattern_by_hand() -> None:
    one = PresencePattern(
        (Survey("s", (0,)),), np.array([[0], [1]], np.int8), np.array([[6.0, 2.0], [4.0, 8.0]])
    )
    # single: p = 8.5 / 21, log((6 + 16 p) / (26 p)), damped by half; joint: shrunk to that by 16 sources
    p = 8.5 / 21
    backoff = np.log((np.array([6.0, 2.0]) + 16 * p) / (26 * p))
    expected = np.log((np.array([6.0, 2.0]) + 16 * p * np.exp(0.5 * backoff)) / (26 * p))
    np.testing.assert_allclose(one.evidence(np.array([[0]], np.int8))[0], expected, atol=1e-12)


def test_a_coverage_column_must_name_its_survey() -> None:
    with pytest.raises(ClassifierError, match="survey"):
        FeatureSpec("covered", transform="coverage")


def test_rare_patterns_are_a_term_of_their_own() -> None:
    states = np.repeat([[1, 1], [0, 0], [0, 1]], [300, 200, 5], axis=0)
    values = np.where(states == 1, 0.0, np.nan)
    y = np.repeat([0, 1, 1], [300, 200, 5])
    specs = [FeatureSpec(n, missing="not_detected", survey=n) for n in "ab"]
    presence = fit_presence(values, y, np.ones(505), specs, 2)
    tables, whole = presence.tables(), presence.tables(apart=False)["pattern"]
    assert tables["pattern"] + tables["rare pattern"] == pytest.approx(whole)
    assert not tables["rare pattern"][[0, 4]].any()
    assert not tables["pattern"][3].any()
