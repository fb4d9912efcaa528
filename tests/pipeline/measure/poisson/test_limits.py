import numpy as np
import pytest
from scipy.stats import poisson

from pipeline.measure.poisson.limits import detectable_counts, upper_limit, upper_limit_beside
from pipeline.measure.poisson.posterior import SourceCounts


@pytest.mark.parametrize(
    ("source", "expected", "limit"), [(0, 0.0, 2.996), (0, 3.0, 2.996), (1, 0.0, 4.744), (3, 3.0, 5.395)]
)
def test_limits_by_hand(source: int, expected: float, limit: float) -> None:
    assert float(upper_limit(source, expected)) == pytest.approx(limit, abs=0.01)


def test_a_well_known_background_is_a_known_one() -> None:
    counts = SourceCounts(np.array([4.0]), np.array([3e6]), np.array([1e-6]))
    assert float(upper_limit_beside(counts)[0]) == pytest.approx(float(upper_limit(4, 3.0)), rel=2e-3)


@pytest.mark.parametrize("background", [0.0, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("confidence", [0.90, 0.95])
def test_limits_cover_as_often_as_they_say(background: float, confidence: float) -> None:
    """True fluxes drawn from the prior, and limits that are issued for few counts."""
    rng = np.random.default_rng(7)
    truth = rng.uniform(0.0, 90.0, 400_000)
    source = rng.poisson(truth + background)
    few = source <= background + 15
    assert few.sum() > 50_000
    covered = truth[few] <= upper_limit(source[few], background, confidence)
    assert covered.mean() == pytest.approx(confidence, abs=0.005)


def test_limits_beside_a_counted_background_cover_too() -> None:
    rng = np.random.default_rng(8)
    truth, background = rng.uniform(0.0, 60.0, 160_000), rng.uniform(0.0, 20.0, 160_000)
    source, ring = rng.poisson(truth + background), rng.poisson(background / 0.1).astype(float)
    few = source <= 25
    counts = SourceCounts(source[few].astype(float), ring[few], np.full(few.sum(), 0.1))
    assert np.mean(truth[few] <= upper_limit_beside(counts)) == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize("expected", [0.0, 0.1, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("likelihood", [6.6, 10.4, 20.7])
def test_detectable_counts_are_the_fewest(expected: float, likelihood: float) -> None:
    fewest = round(float(detectable_counts(expected, likelihood)) + expected)
    assert poisson.sf(fewest - 1, expected) <= np.exp(-likelihood)
    assert fewest == 1 or poisson.sf(fewest - 2, expected) > np.exp(-likelihood)
