import math
from pathlib import Path

import numpy as np
import pytest

from pipeline.measure.variability.excess import excess_variance, expected_error
from pipeline.readers.lightcurves import read_rate_curve


def drawn(fractional: float, bins: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """100 counts of a source, 20 of background, of a given fractional variability."""
    rng = np.random.default_rng(seed)
    log_width = math.sqrt(math.log(1 + fractional**2))
    shape = np.exp(rng.normal(-(log_width**2) / 2, log_width, bins))
    counts, ring = rng.poisson(100 / bins * shape + 20 / bins), rng.poisson(200 / bins, bins)
    return counts - 0.1 * ring, np.sqrt(counts + 0.01 * ring)


def test_excess_variance_by_hand() -> None:
    found = excess_variance(np.array([1.0, 3.0, np.nan, 2.0, 2.0]), np.full(5, 0.5))
    square = 4.0 - (2 / 3) / 4
    assert found.bins == 4
    assert found.normalised == pytest.approx((2 / 3 - 0.25) / square)
    assert found.fractional == pytest.approx(math.sqrt(found.normalised))
    share = 0.25 / square
    assert found.normalised_error**2 == pytest.approx(share**2 / 2 + share * found.normalised)


@pytest.mark.parametrize("rate", [[1.0], [], [np.nan, np.nan], [-1.0, -2.0]])
def test_what_cannot_be_told_is_missing(rate: list[float]) -> None:
    assert math.isnan(excess_variance(np.array(rate), np.full(len(rate), 0.1)).normalised)


def test_expected_errors_share_out_the_mean_variance() -> None:
    error = expected_error(np.array([1.0, 3.0, np.nan]), np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.0, 1.0]))
    assert error[:2] == pytest.approx(math.sqrt(2.5))
    assert math.isnan(error[2])


@pytest.mark.parametrize("fractional", [0.0, 0.3])
def test_it_is_unbiased_at_a_hundred_counts(fractional: float) -> None:
    made = [drawn(fractional, 10, seed) for seed in range(4000)]
    found = [
        excess_variance(rate, expected_error(rate, error, np.ones(10))).normalised for rate, error in made
    ]
    assert np.mean(found) == pytest.approx(fractional**2, abs=0.02 * max(fractional**2, 0.1))


@pytest.mark.real_data
def test_gsn_069_varies_beyond_doubt(real_data: Path) -> None:
    curve = read_rate_curve(real_data / "gsn069" / "J011908-341133_lc_100_src.lc.gz")
    good = curve.usable()
    found = excess_variance(curve.rate[good], curve.error[good])
    assert found.normalised > 50 * found.normalised_error > 0
    assert 1.7 < found.fractional < 2.0
    assert found.fractional_error < 0.02
