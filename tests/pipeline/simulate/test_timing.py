import numpy as np
import pytest

from pipeline.simulate.timing import LightCurve, arrival_times_s, relative_rate, time_grid

CURVES = [
    LightCurve("constant"),
    LightCurve("red_noise", 0.3),
    LightCurve("flare", 10.0, 1500.0, 0.4),
    LightCurve("periodic", 0.8, 3000.0, 0.2),
    LightCurve("dips", 0.9, 8000.0, 0.1),
    LightCurve("outburst", 8.0, 6000.0, 0.3),
]


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.kind)
def test_every_light_curve_is_positive_with_mean_one(curve: LightCurve) -> None:
    rate = relative_rate(curve, time_grid(30_000.0), np.random.default_rng(1))
    assert rate.min() > 0
    assert rate.mean() == pytest.approx(1.0)


def test_a_flare_rises_fast_and_decays_slowly() -> None:
    times = time_grid(30_000.0)
    rate = relative_rate(LightCurve("flare", 10.0, 1500.0, 0.4), times, np.random.default_rng(1))
    peak = int(np.argmax(rate))
    assert times[peak] == pytest.approx(12_000.0, abs=40)
    assert rate[peak - 25] < rate[peak + 25]


def test_a_periodic_source_shows_its_period_in_the_arrival_times() -> None:
    times, rng = time_grid(30_000.0), np.random.default_rng(2)
    rate = relative_rate(LightCurve("periodic", 0.6, 3000.0), times, rng)
    arrivals = arrival_times_s(times, rate, 4000, rng)
    power = {p: np.abs(np.exp(2j * np.pi * arrivals / p).mean()) for p in (1700.0, 3000.0, 4100.0)}
    assert max(power, key=lambda p: power[p]) == 3000.0
    assert power[3000.0] == pytest.approx(0.3, abs=0.04)


def test_red_noise_varies_more_over_hours_than_over_minutes() -> None:
    rate = relative_rate(LightCurve("red_noise", 0.3), time_grid(30_000.0), np.random.default_rng(3))
    assert np.std(np.log(rate)) == pytest.approx(0.3, rel=0.01)
    assert np.std(np.diff(np.log(rate))) < 0.05


def test_no_photon_arrives_outside_the_exposure() -> None:
    times, rng = time_grid(5000.0), np.random.default_rng(4)
    arrivals = arrival_times_s(times, np.ones_like(times), 1000, rng)
    assert arrivals.min() >= 0
    assert arrivals.max() <= 5000.0
