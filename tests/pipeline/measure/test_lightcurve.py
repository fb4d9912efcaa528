import numpy as np
import pytest

from pipeline.measure.apertures import Patch
from pipeline.measure.goodtime import good_time
from pipeline.measure.lightcurve import (
    chance_of_constant,
    choose_bin,
    constant_chi2,
    lightcurve_facts,
    make_light_curves,
)

LENGTH = 20_000.0
NONE = np.array([])


def a_patch(times: np.ndarray, start: list[float], stop: list[float]) -> Patch:
    good, seconds = good_time(start, stop), np.full(5, 500.0)
    ratio = np.full(5, 0.1)
    return Patch(
        "M1",
        "Thin1",
        times,
        np.full(len(times), 1000.0),
        NONE,
        NONE,
        ratio,
        seconds,
        1000.0,
        good,
        False,
        True,
    )


def steady(number: int, seed: int = 1) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).uniform(0.0, LENGTH, number))


@pytest.mark.parametrize(("counts", "expected"), [(10_000, 100.0), (900, 300.0), (5, 2000.0), (0, 2000.0)])
def test_bins_are_long_enough_for_the_counts(counts: float, expected: float) -> None:
    assert choose_bin(counts, LENGTH, 10.0) == expected


def test_a_gap_stays_a_gap_and_half_a_bin_is_enough() -> None:
    times = steady(4000)
    good = (times < 4050.0) | (times >= 8000.0)
    curve = make_light_curves([a_patch(times[good], [0.0, 8000.0], [4050.0, LENGTH])], 10.0).cameras[0]
    assert curve.fraction_exposed[40] == pytest.approx(0.5)
    assert np.isfinite(curve.rate[40])
    assert np.isnan(curve.rate[41:80]).all()
    assert np.isfinite(curve.rate[80:]).all()


def test_a_constant_source_is_constant_and_a_flaring_one_is_not() -> None:
    flare = np.sort(np.concatenate([steady(1000), np.linspace(5000.0, 6000.0, 300)]))
    quiet, loud = (make_light_curves([a_patch(t, [0.0], [LENGTH])], 10.0) for t in (steady(1000), flare))
    assert chance_of_constant(quiet) > 0.01
    assert chance_of_constant(loud) < 1e-5
    assert lightcurve_facts(loud)["max_over_min"] > 2.0


def test_the_chance_is_uniform_for_constant_sources() -> None:
    curves = [make_light_curves([a_patch(steady(200, seed), [0.0], [LENGTH])], 10.0) for seed in range(200)]
    chances = np.array([chance_of_constant(curve) for curve in curves])
    assert np.mean(chances < 0.1) == pytest.approx(0.1, abs=0.06)


def test_one_bin_tells_nothing_of_variability() -> None:
    curves = make_light_curves([a_patch(np.array([10.0]), [0.0], [500.0])], 10.0)
    assert np.isnan(chance_of_constant(curves))


def test_an_over_subtracted_source_is_still_constant() -> None:
    source, background = np.full(10, 20.0), np.full(10, 60.0)
    assert constant_chi2(source, background, np.full(10, 0.1), np.full(10, 100.0)) == pytest.approx(
        0.0, abs=1e-9
    )
