import math

import numpy as np
import pytest

from pipeline.bands import band_of, energy_conversion
from pipeline.measure.features import flux_contrast, source_features
from pipeline.measure.hardness import hardness_ratio
from pipeline.measure.rates import BandRates, count_bands, net_with_error, total_flux, weighted_mean


def test_a_lower_edge_is_in_its_band_and_an_upper_edge_is_not() -> None:
    assert band_of(np.array([0.19, 0.2, 0.5, 1.0, 2.0, 4.5, 12.0])).tolist() == [-1, 0, 1, 2, 3, 4, -1]
    assert count_bands(np.array([199.0, 200.0, 499.0, 500.0, 11_999.0, 12_000.0])).tolist() == [2, 1, 0, 0, 1]


def test_net_counts_by_hand() -> None:
    net, error = net_with_error(np.array([99.0]), np.array([199.0]), np.array([0.1]))
    assert net[0] == pytest.approx(79.1)
    assert error[0] == pytest.approx(math.sqrt(100.0 + 2.0))


def test_no_counts_still_have_an_error() -> None:
    assert net_with_error(np.zeros(1), np.zeros(1), np.zeros(1))[1][0] == 1.0


def test_a_lack_of_counts_is_no_less_certain_than_the_background() -> None:
    net, error = net_with_error(np.zeros(1), np.array([90.0]), np.array([0.1]))
    assert net[0] == pytest.approx(-9.0)
    assert error[0] == pytest.approx(math.sqrt(10.0 + 0.91))


def test_hardness_by_hand() -> None:
    ratio, error = hardness_ratio((1.0, 0.1), (3.0, 0.2))
    assert ratio == 0.5
    assert error == pytest.approx(2 * math.sqrt((3 * 0.1) ** 2 + (1 * 0.2) ** 2) / 16)


@pytest.mark.parametrize(("soft", "hard", "expected"), [(0.0, 1.0, 1.0), (1.0, 0.0, -1.0), (-0.5, 1.0, 1.0)])
def test_hardness_with_one_empty_band_is_at_its_limit(soft: float, hard: float, expected: float) -> None:
    ratio, error = hardness_ratio((soft, 0.3), (hard, 0.3))
    assert ratio == expected
    assert 0.0 < error <= 1.0


@pytest.mark.parametrize("rates", [(0.0, 0.0), (-1.0, -2.0), (math.nan, 1.0)])
def test_hardness_of_nothing_is_missing(rates: tuple[float, float]) -> None:
    assert all(math.isnan(value) for value in hardness_ratio((rates[0], 1.0), (rates[1], 1.0)))


def test_flux_is_the_sum_of_band_rates_over_their_factors() -> None:
    rates = BandRates(np.zeros(5), np.zeros(5), np.full(5, 0.01), np.full(5, 0.001))
    flux, error = total_flux(rates, "M1", "Medium")
    factors = [1.5637e11, 1.75e11, 2.0174e11, 0.7469e11, 0.1486e11]
    assert flux == pytest.approx(sum(0.01 / factor for factor in factors))
    assert error == pytest.approx(math.hypot(*(0.001 / factor for factor in factors)))


def test_a_negative_rate_takes_nothing_from_the_flux() -> None:
    rate = np.array([0.01, 0.0, 0.0, 0.0, -0.01])
    flux, _ = total_flux(BandRates(rate, rate, rate, np.full(5, 0.001)), "M1", "Medium")
    assert flux == pytest.approx(0.01 / 1.5637e11)


def test_an_unknown_filter_gives_no_flux() -> None:
    assert np.isnan(energy_conversion("M1", "Closed")).all()
    assert energy_conversion("PN", "Thin2").tolist() == energy_conversion("PN", "Thin1").tolist()


def test_weighted_mean_by_hand_leaves_out_what_is_missing() -> None:
    mean, error = weighted_mean([(1.0, 1.0), (2.0, 2.0), (math.nan, 1.0), (5.0, 0.0)])
    assert mean == pytest.approx((1.0 + 2.0 / 4) / 1.25)
    assert error == pytest.approx(1.25**-0.5)
    assert math.isnan(weighted_mean([])[0])


def test_flux_contrast_by_hand() -> None:
    contrast = flux_contrast([(1e-13, 1e-14), (4e-13, 2e-14), (math.nan, 1.0)])
    assert contrast["log_fmax_fmin"] == pytest.approx(math.log10(4))
    assert contrast["log_fmaxlo_fminup"] == pytest.approx(math.log10(3.8 / 1.1))
    assert math.isnan(flux_contrast([(1e-13, 1e-14), (-1e-14, 1e-14)])["log_fmax_fmin"])


def test_merged_features_name_every_column(make_features) -> None:
    merged = source_features([make_features(1e-13, 0.5), make_features(3e-13, 1e-6)])
    assert merged["chi2_prob"] == 1e-6
    assert merged["counts_8"] == 200.0
    assert merged["log_fmax_fmin"] == pytest.approx(math.log10(3))
    assert math.isnan(merged["photon_index"])
