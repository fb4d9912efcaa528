"""Densities against values worked out by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from classifier import ClassifierError, DensityConfig, NaiveBayesClassifier
from classifier.densities import fit_densities, silverman_bandwidth, weighted_quantile

FINE = DensityConfig(n_grid=4096, shrinkage=1e-9, background=1e-9)


def test_a_density_is_the_sum_of_its_kernels() -> None:
    x = np.array([0.0, 3.0, 4.0, 5.0, 10.0])
    table = fit_densities(x[:, None], np.zeros(5, dtype=int), np.ones(5), 1, FINE)
    h = silverman_bandwidth(x, np.ones(5))
    images = np.concatenate([x, -x, 20.0 - x])  # the data and their mirror images at both ends
    grid = table.lo[0] + table.step[0] * np.arange(4096)
    expected = norm.pdf(grid[:, None], images, h).sum(axis=1) / 5
    np.testing.assert_allclose(table.mass[0, 0] / table.step[0], expected, rtol=5e-3)


def test_densities_sum_to_one() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 1)), rng.integers(0, 3, 200)
    table = fit_densities(x, y, rng.random(200) + 0.1, 3, DensityConfig())
    np.testing.assert_allclose(table.mass.sum(axis=2), 1.0, atol=1e-9)
    np.testing.assert_allclose(table.shrunk.sum(axis=2), 1.0, atol=1e-9)


def test_silverman_bandwidth_of_five_numbers() -> None:
    # IQR 2 / 1.34 = 1.4925 is below the standard deviation 3.2619; times 0.9 * 5^(-1/5)
    assert silverman_bandwidth(np.array([0.0, 3.0, 4.0, 5.0, 10.0]), np.ones(5)) == pytest.approx(
        0.97357, abs=1e-4
    )


def test_a_weighted_quantile_is_that_of_the_repeated_values() -> None:
    values, weights, shares = (
        np.array([5.0, 1.0, 3.0]),
        np.array([1.0, 2.0, 2.0]),
        np.array([0.0, 0.4, 0.5, 1.0]),
    )
    assert weighted_quantile(values, weights, shares).tolist() == [1.0, 1.0, 3.0, 5.0]


def test_shrinkage_pulls_a_class_towards_the_pooled_density() -> None:
    x, y = np.array([[0.0], [0.2], [0.4], [5.0]]), np.array([0, 0, 0, 1])
    table = fit_densities(x, y, np.ones(4), 2, DensityConfig(shrinkage=8.0))
    pooled = (3 * table.mass[0, 0] + table.mass[0, 1]) / 4
    np.testing.assert_allclose(table.shrunk[0, 1], (table.mass[0, 1] + 8 * pooled) / 9, rtol=1e-12)


def test_the_posterior_follows_bayes_rule_from_the_densities() -> None:
    x = np.array([[-1.0], [0.0], [1.0], [3.0], [4.0], [5.0]])
    y = np.array([0, 0, 0, 1, 1, 1])
    density = DensityConfig(n_grid=4096, shrinkage=1e-9, background=1e-9, warp=0.0)
    model = NaiveBayesClassifier(priors=[0.8, 0.2], category_weights=None, density=density).fit(x, y)
    h = silverman_bandwidth(np.array([-1.0, 0.0, 1.0]), np.ones(3))
    images = np.array([[-1, 0, 1, -3, -2], [3, 4, 5, 7, 6]])  # mirror images at -1 and at 5
    likelihood = norm.pdf(2.2, images, h).sum(axis=1)
    expected = 0.8 * likelihood[0] / (0.8 * likelihood[0] + 0.2 * likelihood[1])
    assert model.predict_proba([[2.2]])[0, 0] == pytest.approx(expected, abs=2e-3)


def test_one_wild_value_does_not_blur_the_rest() -> None:
    x = np.append(np.random.default_rng(1).normal(size=300), 1e9)[:, None]
    table = fit_densities(x, np.zeros(301, dtype=int), np.ones(301), 1, DensityConfig())
    assert table.step[0] < 0.1


@pytest.mark.parametrize("setting", [{"n_grid": 2}, {"shrinkage": 0.0}, {"background": 1.0}])
def test_it_refuses_settings_out_of_range(setting: dict[str, float]) -> None:
    with pytest.raises(ClassifierError, match="densities need"):
        DensityConfig(**setting)
