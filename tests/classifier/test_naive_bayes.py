"""What the classifier must do for any table."""

import numpy as np
import pytest

from classifier import ClassifierError, FeatureSpec, NaiveBayesClassifier

Table = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def table() -> Table:
    """Three classes apart in two of three properties, a fifth of the values missing."""
    rng = np.random.default_rng(3)
    y = rng.choice(["agn", "star", "xrb"], size=300, p=[0.6, 0.3, 0.1])
    centre = {"agn": (0.0, 1.0, 0.0), "star": (-2.0, 0.0, 0.0), "xrb": (2.0, -1.0, 0.0)}
    X = np.array([centre[label] for label in y]) + rng.normal(size=(300, 3))
    X[rng.random(X.shape) < 0.2] = np.nan
    return X, y


def test_a_source_without_measurements_gets_the_priors(table: Table) -> None:
    model = NaiveBayesClassifier().fit(*table)
    shares = np.unique(table[1], return_counts=True)[1] / 300
    np.testing.assert_allclose(model.predict_proba(np.full((1, 3), np.nan))[0], shares, atol=1e-12)


def test_given_priors_replace_the_shares_of_the_sample(table: Table) -> None:
    model = NaiveBayesClassifier(priors={"xrb": 1, "star": 1, "agn": 2}).fit(*table)
    np.testing.assert_allclose(model.predict_proba(np.full((1, 3), np.nan))[0], [0.5, 0.25, 0.25], atol=1e-12)


def test_priors_multiply_the_odds_and_nothing_else(table: Table) -> None:
    X, y = table
    flat = NaiveBayesClassifier(priors=[1, 1, 1]).fit(X, y).predict_log_proba(X)
    skew = NaiveBayesClassifier(priors=[8, 1, 1]).fit(X, y).predict_log_proba(X)
    shift = (skew[:, 0] - skew[:, 1]) - (flat[:, 0] - flat[:, 1])
    np.testing.assert_allclose(shift, np.log(8.0), atol=1e-9)


@pytest.mark.parametrize("priors", [{"agn": 1.0}, [0.5, 0.5], [1.0, 0.0, 0.0], [1.0, np.nan, 1.0]])
def test_it_refuses_priors_that_do_not_fit_the_classes(table: Table, priors: object) -> None:
    with pytest.raises(ClassifierError, match="prior"):
        NaiveBayesClassifier(priors=priors).fit(*table)


def test_a_column_without_values_changes_no_posterior(table: Table) -> None:
    X, y = table
    wider = np.column_stack([X, np.full(len(X), np.nan)])
    narrow = NaiveBayesClassifier().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(NaiveBayesClassifier().fit(wider, y).predict_proba(wider), narrow, atol=1e-9)


def test_a_constant_column_changes_no_posterior(table: Table) -> None:
    X, y = table
    wider = np.column_stack([X, np.where(np.arange(len(X)) % 3, 7.1, np.nan)])
    narrow = NaiveBayesClassifier().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(NaiveBayesClassifier().fit(wider, y).predict_proba(wider), narrow, atol=1e-9)


def test_the_order_of_the_columns_does_not_matter(table: Table) -> None:
    X, y = table
    shuffled = X[:, [2, 0, 1]]
    first = NaiveBayesClassifier().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(
        NaiveBayesClassifier().fit(shuffled, y).predict_proba(shuffled), first, atol=1e-12
    )


def test_a_missing_value_takes_exactly_its_own_term_away(table: Table) -> None:
    model = NaiveBayesClassifier().fit(*table)
    full = np.array([[0.3, -0.4, 0.1]])
    less = np.array([[0.3, np.nan, 0.1]])
    score, terms = model.explain(full).score, model.explain(full).terms
    np.testing.assert_allclose(model.explain(less).score, score - terms[:, 1], atol=1e-12)


def test_it_leaves_its_input_untouched(table: Table) -> None:
    X, y = table
    before = X.copy()
    specs = [FeatureSpec("a", transform="abs"), FeatureSpec("b", transform="log10"), FeatureSpec("c")]
    NaiveBayesClassifier(specs).fit(X, y).outlier_score(X)
    np.testing.assert_array_equal(X, before)


def test_a_weight_of_two_is_the_same_source_twice(table: Table) -> None:
    X, y = table
    weight = np.random.default_rng(0).integers(0, 3, len(y))
    weighted = NaiveBayesClassifier().fit(X, y, sample_weight=weight)
    repeated = NaiveBayesClassifier().fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-6)


def test_rare_classes_cannot_claim_strong_evidence() -> None:
    X = np.concatenate([np.linspace(-1, 1, 200), [5.0]])[:, None]
    y = np.array(["common"] * 200 + ["rare"])
    model = NaiveBayesClassifier(category_weights=None).fit(X, y)
    assert model.explain([[5.0]]).terms[0, 0, 1] < np.log((201 + 8) / (1 + 8)) + 1e-9


def test_a_value_beyond_the_range_has_the_evidence_of_the_range_end(table: Table) -> None:
    model = NaiveBayesClassifier().fit(*table)
    end = np.nanmax(table[0][:, 0])
    far = model.explain([[end, np.nan, np.nan], [end + 1e6, np.nan, np.nan]]).terms
    np.testing.assert_allclose(far[1], far[0], atol=1e-9)
    assert np.abs(far[1]).max() > 0.1


def test_equal_properties_are_not_counted_twice(table: Table) -> None:
    X, y = table
    doubled = np.column_stack([X[:, 0]] * 4)
    weights = NaiveBayesClassifier().fit(doubled, y).feature_weights_
    assert weights.sum() < 2.0


def test_given_category_weights_are_used() -> None:
    X = np.array([[0.0, 0.0], [0.1, 0.2], [1.0, 1.1], [1.2, 1.0]])
    specs = [FeatureSpec("hr1", category="spectrum"), FeatureSpec("hr2", category="spectrum")]
    model = NaiveBayesClassifier(specs, category_weights={"spectrum": 0.25}).fit(X, [0, 0, 1, 1])
    assert model.feature_weights_.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("weights", [{"spectrm": 1.0}, {"x0": -1.0}, "automatic"])
def test_it_refuses_weights_it_cannot_use(table: Table, weights: object) -> None:
    with pytest.raises(ClassifierError):
        NaiveBayesClassifier(category_weights=weights).fit(*table)


def test_one_class_alone_is_certain() -> None:
    model = NaiveBayesClassifier().fit([[1.0], [2.0]], ["agn", "agn"])
    assert model.predict_proba([[9.0]]).tolist() == [[1.0]]
    assert model.explain([[1.5]]).runner_up.tolist() == [0]


def test_one_row_per_class_is_enough_to_answer() -> None:
    model = NaiveBayesClassifier().fit([[0.0, 1.0], [1.0, np.nan], [2.0, 3.0]], ["a", "b", "c"])
    proba = model.predict_proba([[0.0, 1.0], [5.0, np.nan], [np.nan, np.nan]])
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert np.isfinite(proba).all()


def test_the_same_sample_gives_the_same_model(table: Table) -> None:
    first, second = (NaiveBayesClassifier().fit(*table).predict_proba(table[0]) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_large_sample_is_thinned_for_the_weights_alone() -> None:
    rng = np.random.default_rng(0)
    y = rng.choice(2, 20_000, p=[0.95, 0.05])
    X = rng.normal(size=(20_000, 2)) + 2.0 * y[:, None]
    proba = NaiveBayesClassifier().fit(X, y).predict_proba(X)
    exact = 0.05 * np.exp(2 * X.sum(axis=1) - 4)
    assert np.abs(proba[:, 1] - exact / (exact + 0.95)).mean() < 0.006
    assert proba[:, 1].mean() == pytest.approx(y.mean(), abs=0.005)
