"""What simulated sources of a hundred counts give back: no bias, and errors that mean what they say."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.bands import energy_conversion
from pipeline.fit.bands import index_from_bands, model_counts
from pipeline.measure.rates import BandCounts, epic_flux, rate_weights, weighted_sum
from pipeline.simulate.spectra import Spectrum, photon_spectrum
from pipeline.simulate.telescope import CAMERAS, band_matrix

SECONDS = {"PN": 15_000.0, "M1": 22_000.0, "M2": 22_000.0}
RATIO = np.full(5, 0.1)
PER_BAND = np.array([0.12, 0.13, 0.15, 0.2, 0.4]) / 3
TRIALS = 3000
FITTED_TRIALS = 700


class Sky:
    """A source of a power law, with the truth that belongs to it."""

    def __init__(self, index: float, counts: float, background: float) -> None:
        photons = photon_spectrum(Spectrum("powerlaw", index, 0.03))
        expected = {one.name: photons @ band_matrix(one) * SECONDS[one.name] for one in CAMERAS}
        scale = counts / sum(band.sum() for band in expected.values())
        self.expected = {name: scale * band for name, band in expected.items()}
        self.background = background * PER_BAND
        rates = {name: band / SECONDS[name] for name, band in self.expected.items()}
        self.rate = sum(band.sum() for band in rates.values())
        fluxes = [np.sum(band / energy_conversion(name, "Medium")) for name, band in rates.items()]
        self.flux = float(np.mean(fluxes))

    def draw(self, rng: np.random.Generator) -> list[BandCounts]:
        return [
            BandCounts(
                name,
                "Medium",
                rng.poisson(mean + self.background).astype(float),
                rng.poisson(self.background / RATIO).astype(float),
                RATIO,
                np.full(5, SECONDS[name]),
            )
            for name, mean in self.expected.items()
        ]


def trials(
    sky: Sky, measure: Callable[[list[BandCounts]], tuple[float, float]], seed: int, number: int = TRIALS
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([measure(sky.draw(rng)) for _ in range(number)])


def flux(drawn: list[BandCounts]) -> tuple[float, float]:
    return epic_flux(drawn, model_counts(drawn, index_from_bands(drawn)))


@pytest.mark.parametrize(("index", "background"), [(1.7, 10.0), (0.8, 10.0), (3.0, 3.0)])
def test_fluxes_are_unbiased_with_honest_errors(index: float, background: float) -> None:
    sky = Sky(index, 100.0, background)
    found = trials(sky, flux, seed=3, number=FITTED_TRIALS)
    assert found[:, 0].mean() == pytest.approx(sky.flux, rel=0.02)
    assert np.std((found[:, 0] - sky.flux) / found[:, 1]) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("index", [0.8, 1.7, 3.0])
def test_rates_are_unbiased_with_honest_errors(index: float) -> None:
    sky = Sky(index, 100.0, 10.0)
    found = trials(sky, lambda drawn: weighted_sum(drawn, rate_weights(drawn)), seed=4)
    assert found[:, 0].mean() == pytest.approx(sky.rate, rel=0.02)
    assert np.std((found[:, 0] - sky.rate) / found[:, 1]) == pytest.approx(1.0, abs=0.05)


def test_ten_counts_are_not_brightened() -> None:
    sky = Sky(1.7, 10.0, 10.0)
    found = trials(sky, lambda drawn: weighted_sum(drawn, rate_weights(drawn)), seed=5)
    assert found[:, 0].mean() == pytest.approx(sky.rate, rel=0.02)


def test_a_hard_excess_that_no_power_law_foresees_widens_the_error() -> None:
    sky = Sky(3.0, 100.0, 3.0)
    drawn = sky.draw(np.random.default_rng(2))
    model = model_counts(drawn, index_from_bands(drawn))
    before = epic_flux(drawn, model)[1]
    for one in drawn:
        one.source[4] += 20.0
    assert epic_flux(drawn, model)[1] > 1.5 * before
