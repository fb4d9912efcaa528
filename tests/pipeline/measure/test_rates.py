import json
import math
from dataclasses import replace

import numpy as np
import pytest

from pipeline.bands import band_of, energy_conversion
from pipeline.measure.features import feature_columns, source_features
from pipeline.measure.poisson.fluxlimit import flux_upper_limit
from pipeline.measure.rates import (
    BandCounts,
    count_bands,
    counts_document,
    counts_from_document,
    epic_flux,
    net_with_error,
    pool,
    pooled_exposure,
    rate_weights,
    weighted_sum,
)


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


def some_counts(camera: str = "M1", filter_name: str = "Medium", net: float = 100.0) -> BandCounts:
    source = np.full(5, net + 10.0)
    return BandCounts(camera, filter_name, source, np.full(5, 100.0), np.full(5, 0.1), np.full(5, 1e4))


def test_flux_is_the_sum_of_band_rates_over_their_factors() -> None:
    flux, error = epic_flux([some_counts()])
    factors = np.array([1.5637e11, 1.75e11, 2.0174e11, 0.7469e11, 0.1486e11])
    assert flux == pytest.approx(np.sum(0.01 / factors))
    # 110 counts in the circle and 0.1^2 x 100 of the ring, and one more count, shared out equally.
    assert error == pytest.approx(np.sqrt(np.sum((111.0 + 0.2 * 1.01) / (1e4 * factors) ** 2)))


def test_a_band_below_zero_takes_its_share_of_the_flux() -> None:
    counts = some_counts()
    lacking = replace(counts, source=np.array([110.0, 110.0, 110.0, 110.0, 0.0]))
    assert epic_flux([lacking])[0] < epic_flux([replace(counts, source=counts.source * [1, 1, 1, 1, 0.1])])[0]


def test_cameras_of_one_flux_agree_with_their_mean() -> None:
    cameras = [some_counts(camera) for camera in ("M1", "M2")]
    low, high = sorted(epic_flux([one])[0] for one in cameras)
    mean, error = epic_flux(cameras)
    assert low < mean < high
    assert error < min(epic_flux([one])[1] for one in cameras)


def test_rates_are_summed_over_cameras_and_averaged_over_visits() -> None:
    cameras = [some_counts("M1"), some_counts("M2"), some_counts("M2")]
    assert weighted_sum(cameras, rate_weights(cameras))[0] == pytest.approx(2 * 5 * 100.0 / 1e4)
    assert weighted_sum(cameras, np.ones((3, 5)))[0] == pytest.approx(1500.0)


def test_pooled_counts_keep_mean_and_variance_of_the_background() -> None:
    cameras = [some_counts(), replace(some_counts("M2"), background=np.full(5, 20.0), ratio=np.full(5, 0.5))]
    pooled = pool(cameras, np.ones((2, 5)))
    assert pooled.background * pooled.ratio == pytest.approx(20.0)
    assert pooled.background * pooled.ratio**2 == pytest.approx(0.01 * 100 + 0.25 * 20, rel=0.02)


def test_pooled_exposure_gives_the_summed_rate() -> None:
    cameras = [some_counts("M1"), some_counts("PN"), some_counts("PN")]
    seconds = pooled_exposure(cameras)
    rate = pool(cameras, np.ones((3, 5))).source.sum() / seconds.sum()
    assert np.all(seconds > 1e4)
    assert rate == pytest.approx(330.0 / seconds[0], rel=0.2)


def test_counts_go_through_json() -> None:
    counts = some_counts()
    again = counts_from_document(json.loads(json.dumps(counts_document(counts))))
    assert counts_document(again) == counts_document(counts)


def test_an_unknown_filter_gives_no_flux() -> None:
    assert np.isnan(energy_conversion("M1", "Closed")).all()
    assert np.isnan(epic_flux([some_counts(filter_name="Closed")])[0])
    assert np.isnan(flux_upper_limit([some_counts(filter_name="Closed")]))
    assert energy_conversion("PN", "Thin2").tolist() == energy_conversion("PN", "Thin1").tolist()


def test_features_name_every_column(make_features) -> None:
    merged = source_features([make_features(1e-13, 0.5), make_features(3e-13, 1e-6)], [some_counts()] * 2)
    assert set(merged) == {column["name"] for column in feature_columns()}
    assert merged["chi2_prob"] == 1e-6
    assert merged["counts_8"] == pytest.approx(1000.0)
    assert merged["log_fmax_fmin"] == pytest.approx(math.log10(3))
    assert math.isnan(merged["log_lx"])


def test_an_upper_limit_is_above_the_flux_it_could_be() -> None:
    empty = some_counts(net=0.0)
    assert flux_upper_limit([empty]) > 0
    assert flux_upper_limit([empty, replace(empty, camera="M2")]) < flux_upper_limit([empty])
    assert flux_upper_limit([some_counts()]) > flux_upper_limit([empty])
