import numpy as np
import pytest
from scipy.stats import beta

from pipeline.measure.poisson.hardness import hardness_ratios
from pipeline.measure.poisson.posterior import SourceCounts, source_posterior


def counts(source: list[float], background: float = 0.0, ratio: float = 0.1) -> SourceCounts:
    made = np.array(source, dtype=float)
    return SourceCounts(made, np.full(made.shape, background), np.full(made.shape, ratio))


def ratios(soft: list[float], hard: list[float], background: float = 0.0, ratio: float = 1e-9):
    seconds = np.ones(len(soft))
    return hardness_ratios(
        counts(soft, background, ratio), counts(hard, background, ratio), (seconds, seconds)
    )


@pytest.mark.parametrize(("soft", "hard"), [(10, 10), (3, 12), (40, 5), (1, 8), (200, 300)])
def test_without_background_it_is_a_beta_law(soft: int, hard: int) -> None:
    """The share of two gamma variables is beta distributed, so the integral is known."""
    law = beta(hard + 0.5, soft + 0.5)
    value, error = ratios([soft], [hard])
    assert value[0] == pytest.approx(2 * law.mean() - 1, abs=2e-3)
    assert error[0] == pytest.approx(2 * law.std(), rel=0.01)


@pytest.mark.parametrize(("soft", "hard"), [(0, 0), (1, 0), (0, 1)])
def test_next_to_nothing_gives_no_ratio(soft: int, hard: int) -> None:
    assert np.isnan(ratios([soft], [hard], background=20.0, ratio=0.1)).all()


def test_exposures_turn_counts_into_rates() -> None:
    even = hardness_ratios(counts([100.0]), counts([50.0]), (np.array([2000.0]), np.array([1000.0])))
    assert even[0][0] == pytest.approx(0.0, abs=0.01)


def test_the_posterior_is_a_probability() -> None:
    value, chance = source_posterior(counts([0.0, 5.0, 1e4], background=30.0))
    assert chance.sum(axis=-1) == pytest.approx(1.0)
    assert np.all(np.diff(value, axis=-1) > 0)
    assert np.sum(value * chance, axis=-1)[2] == pytest.approx(1e4 - 3.0, rel=1e-3)


@pytest.mark.parametrize(("soft", "hard"), [(50.0, 50.0), (75.0, 25.0), (25.0, 75.0)])
def test_ratios_of_a_hundred_counts_are_unbiased_with_honest_errors(soft: float, hard: float) -> None:
    rng = np.random.default_rng(11)
    sides = [
        SourceCounts(
            rng.poisson(n + 5.0, 4000).astype(float),
            rng.poisson(50.0, 4000).astype(float),
            np.full(4000, 0.1),
        )
        for n in (soft, hard)
    ]
    seconds = np.ones(4000)
    value, error = hardness_ratios(sides[0], sides[1], (seconds, seconds))
    truth = (hard - soft) / (hard + soft)
    assert value.mean() == pytest.approx(truth, abs=0.02)
    assert np.std((value - truth) / error) == pytest.approx(1.0, abs=0.05)


def test_one_error_holds_the_truth_as_often_as_it_says_where_the_hard_side_is_nearly_empty() -> None:
    rng = np.random.default_rng(12)
    sides = [
        SourceCounts(
            rng.poisson(n + 5.0, 4000).astype(float),
            rng.poisson(50.0, 4000).astype(float),
            np.full(4000, 0.1),
        )
        for n in (95.0, 5.0)
    ]
    value, error = hardness_ratios(sides[0], sides[1], (np.ones(4000), np.ones(4000)))
    assert value.mean() == pytest.approx(-0.9, abs=0.02)
    assert np.mean(np.abs(value + 0.9) < error) == pytest.approx(0.683, abs=0.03)
