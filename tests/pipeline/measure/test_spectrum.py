import numpy as np
import pytest

from pipeline.measure.apertures import Patch
from pipeline.measure.goodtime import good_time
from pipeline.measure.rates import count_between
from pipeline.measure.spectrum import group_channels, group_size, make_spectrum, spectrum_facts


def a_patch(source_ev: np.ndarray, background_ev: np.ndarray) -> Patch:
    times = [np.linspace(0.0, 999.0, len(energies)) for energies in (source_ev, background_ev)]
    ratio, effective = np.full(5, 0.1), np.full(5, 800.0)
    good = good_time([0.0], [1000.0])
    return Patch(
        "M1",
        "Thin1",
        times[0],
        source_ev,
        times[1],
        background_ev,
        ratio,
        effective,
        1000.0,
        good,
        False,
        True,
    )


def test_groups_hold_enough_and_the_rest_stays_apart() -> None:
    assert group_channels(np.array([5, 5, 5, 20, 1, 1]), 15).tolist() == [0, 3, 4, 6]
    assert group_channels(np.array([1, 0, 1]), 15).tolist() == [0, 3]


@pytest.mark.parametrize(("total", "expected"), [(0, 3), (40, 5), (1000, 15)])
def test_a_faint_source_gets_smaller_groups(total: int, expected: int) -> None:
    assert group_size(total, 15) == expected


def test_no_count_is_lost_and_bins_touch() -> None:
    energies = np.random.default_rng(1).uniform(200.0, 12_000.0, 500)
    spectrum = make_spectrum(a_patch(energies, np.array([1000.0])), 15)
    assert spectrum.counts.sum() == 500
    assert (spectrum.low_kev[0], spectrum.high_kev[-1]) == pytest.approx((0.2, 12.0))
    assert np.array_equal(spectrum.low_kev[1:], spectrum.high_kev[:-1])


def test_background_is_subtracted_by_its_ratio() -> None:
    spectrum = make_spectrum(a_patch(np.full(100, 1025.0), np.full(200, 1025.0)), 15)
    width = spectrum.high_kev - spectrum.low_kev
    assert (spectrum.rate * width * 1000.0).sum() == pytest.approx(80.0)
    assert spectrum_facts([spectrum])["net_counts"] == pytest.approx(80.0)


def test_an_empty_source_has_a_spectrum_of_nothing() -> None:
    facts = spectrum_facts([make_spectrum(a_patch(np.array([]), np.array([])), 15)])
    assert facts["net_counts"] == 0.0
    assert facts["hard_share"] == 0.0


def test_values_on_edges_and_outside_are_counted_as_numpy_counts_them() -> None:
    edges = np.array([0.2, 0.5, 1.0, 12.0])
    values = np.array([0.1, 0.2, 0.3, 0.5, 0.99, 1.0, 11.0, 12.0, 12.5])
    assert count_between(edges, values).tolist() == np.histogram(values, edges)[0].tolist()
