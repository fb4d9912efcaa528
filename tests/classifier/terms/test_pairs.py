"""Two properties together."""

import numpy as np
import pytest

from classifier import ClassifierError, NaiveBayesClassifier, WeightingConfig
from classifier.evaluation import cross_validated, evaluate
from classifier.terms.pairs import coarse_property, count_pair, pair_cell


def quadrants(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes by the sign of a product: neither property says anything alone."""
    X = np.random.default_rng(0).normal(size=(n, 3))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


def test_a_pair_sees_what_neither_property_sees_alone() -> None:
    X, y = quadrants(1200)
    blind = WeightingConfig(n_pairs=0)
    losses = [
        evaluate(y, cross_validated(model, X, y, np.random.default_rng(1)), [0, 1]).log_loss
        for model in (NaiveBayesClassifier(), NaiveBayesClassifier(weighting=blind))
    ]
    assert losses[0] < 0.4
    assert losses[1] > 0.65


def test_the_pair_is_named_in_the_explanation() -> None:
    model = NaiveBayesClassifier().fit(*quadrants(800))
    names = {frozenset(name.split(" & ")) for name in model.explain([[1.0, 1.0, 0.0]]).term_names}
    assert {"x0", "x1"} in names


def test_independent_properties_get_no_pair() -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, 1000)
    model = NaiveBayesClassifier().fit(rng.normal(size=(1000, 4)) + y[:, None], y)
    kinds = [term.kind for term in model.terms_.terms]
    assert kinds.count("pair") <= 1


def test_leaving_a_source_out_of_a_pair_is_like_a_count_without_it() -> None:
    rng = np.random.default_rng(2)
    places, y, ones = rng.random((200, 2)), rng.integers(0, 2, 200), np.ones(200)
    axes = [coarse_property(places[:, j], y, ones, 2) for j in (0, 1)]
    cell = pair_cell(axes[0].cells, axes[1].cells, 32)
    together = count_pair(*axes, y, ones).leave_one_out(cell, y, ones)
    without = ones.copy()
    without[7] = 1e-12
    apart = count_pair(*axes, y, without).increment()[cell[7]]
    assert together[7, y[7]] == pytest.approx(apart[y[7]], abs=0.12)


@pytest.mark.parametrize("setting", [{"n_pairs": -1}, {"pair_penalty": 0.0}, {"wrong_labels": 1.0}])
def test_it_refuses_settings_out_of_range(setting: dict[str, float]) -> None:
    with pytest.raises(ClassifierError, match="weighting needs"):
        WeightingConfig(**setting)
