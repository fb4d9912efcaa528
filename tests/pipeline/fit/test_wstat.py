import numpy as np
import pytest

from pipeline.fit.wstat import background_mean, best_norm, w_statistic


def arrays(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_a_perfect_model_has_no_misfit() -> None:
    assert w_statistic(*arrays(13.0, 30.0, 0.1, 10.0)) == pytest.approx(0.0, abs=1e-9)


def test_the_background_is_where_its_likelihood_peaks() -> None:
    source, background, ratio, model = arrays(9.0, 12.0, 0.3, 4.0)
    best = background_mean(source, background, ratio, model)[0]
    grid = np.linspace(0.5 * best, 2.0 * best, 20_001)
    likelihood = 9 * np.log(4 + 0.3 * grid) - 1.3 * grid + 12 * np.log(grid)
    assert best == pytest.approx(grid[np.argmax(likelihood)], rel=1e-3)


def test_without_background_it_is_the_cash_statistic() -> None:
    source, model = np.array([5.0, 0.0]), np.array([7.0, 2.0])
    expected = 2 * (7 - 5 + 5 * np.log(5 / 7) + 2)
    assert w_statistic(source, np.zeros(2), np.zeros(2), model) == pytest.approx(expected)


def test_the_norm_is_the_least_of_w() -> None:
    source, background = np.array([30.0, 12.0, 5.0]), np.array([40.0, 30.0, 30.0])
    shape, ratio = np.array([5.0, 2.0, 0.5]), np.full(3, 0.1)
    norm = best_norm(source, background, ratio, shape)
    grid = np.linspace(0.5, 2.0, 3001)[:, None] * norm * shape
    least = np.argmin(w_statistic(source, background, ratio, grid))
    assert np.linspace(0.5, 2.0, 3001)[least] == pytest.approx(1.0, abs=2e-3)


def test_many_shapes_are_solved_at_once() -> None:
    shapes = np.array([[1.0, 2.0], [3.0, 1.0]])
    source, nothing = np.array([10.0, 20.0]), np.zeros(2)
    assert best_norm(source, nothing, nothing, shapes) == pytest.approx([10.0, 7.5], rel=1e-4)
