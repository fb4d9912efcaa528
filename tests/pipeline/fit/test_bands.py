import math

import numpy as np
import pytest

from pipeline.fit.bands import index_from_bands
from pipeline.measure.rates import BandCounts
from pipeline.simulate.spectra import Spectrum, photon_spectrum
from pipeline.simulate.telescope import CAMERAS, band_matrix


def drawn(index: float, nh: float, counts: float, rng: np.random.Generator) -> list[BandCounts]:
    photons = photon_spectrum(Spectrum("powerlaw", index, nh))
    expected = [photons @ band_matrix(one) * 1e4 for one in CAMERAS]
    scale = counts / np.sum(expected)
    ratio, ring = np.full(5, 0.1), np.full(5, 10.0)
    return [
        BandCounts(
            one.name, "Medium", rng.poisson(scale * mean + 1.0).astype(float), ring, ratio, np.full(5, 1e4)
        )
        for one, mean in zip(CAMERAS, expected, strict=True)
    ]


@pytest.mark.parametrize(("index", "counts"), [(1.0, 300.0), (1.7, 100.0), (1.7, 1000.0), (2.8, 300.0)])
def test_an_index_comes_back_within_its_error(index: float, counts: float) -> None:
    rng = np.random.default_rng(6)
    found = [index_from_bands(drawn(index, 0.03, counts, rng)) for _ in range(60)]
    value, error = np.array([(one.value, one.error) for one in found]).T
    assert value.mean() == pytest.approx(index, abs=0.08)
    assert 0.7 < np.std((value - index) / error) < 1.3


def test_absorption_is_told_from_hardness() -> None:
    rng = np.random.default_rng(7)
    found = [index_from_bands(drawn(1.7, 1.0, 2000.0, rng)).value for _ in range(20)]
    assert np.mean(found) == pytest.approx(1.7, abs=0.15)


def test_a_single_camera_will_do() -> None:
    found = index_from_bands(drawn(1.7, 0.03, 1000.0, np.random.default_rng(8))[:1])
    assert found.value == pytest.approx(1.7, abs=0.4)


def test_too_few_counts_say_why_there_is_none() -> None:
    found = index_from_bands(drawn(1.7, 0.03, 10.0, np.random.default_rng(9)))
    assert math.isnan(found.value)
    assert "net counts" in found.reason


def test_a_single_line_is_no_power_law() -> None:
    counts = drawn(1.7, 0.03, 1000.0, np.random.default_rng(10))
    only = [
        BandCounts(
            c.camera, c.filter_name, c.source * [0, 0, 0, 0, 1], c.background * 0, c.ratio, c.effective_s
        )
        for c in counts
    ]
    found = index_from_bands(only)
    assert math.isnan(found.value) or found.value < 0.5
