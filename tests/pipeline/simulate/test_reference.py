from collections import Counter

import numpy as np
import pytest

from pipeline.measure.rates import BandRates, sum_rates
from pipeline.simulate.observation import flux_for_counts
from pipeline.simulate.population import draw_source
from pipeline.simulate.reference import (
    EXPOSURE_S,
    FEATURES,
    ReferenceSource,
    draw_reference,
    flux_cgs,
    hardness_ratios,
    measure,
    photon_index,
)
from pipeline.simulate.spectra import Spectrum, photon_spectrum
from pipeline.simulate.telescope import CAMERAS, band_matrix


@pytest.fixture(scope="module")
def sample() -> list[ReferenceSource]:
    return draw_reference(400, np.random.default_rng(12))


def median(sample: list[ReferenceSource], key: str, feature: str) -> float:
    return float(np.nanmedian([s.features[feature] for s in sample if s.class_key == key]))


def measured(rate: np.ndarray, counts: float = 1000.0) -> BandRates:
    share = rate / rate.sum()
    return BandRates(counts * share, np.sqrt(np.abs(counts * share)), rate, 0.01 * np.abs(rate) + 1e-9)


def power_law(index: float, counts: float = 1000.0) -> list[BandRates]:
    photons = 1e-13 * photon_spectrum(Spectrum("powerlaw", index, 0.03))
    return [measured(photons @ band_matrix(camera), counts) for camera in CAMERAS]


def test_the_sample_has_the_promised_class_shares(sample: list[ReferenceSource]) -> None:
    assert Counter(s.class_key for s in sample) == {"agn": 240, "star": 112, "xrb": 28, "cv": 20}


def test_classes_separate_in_hardness(sample: list[ReferenceSource]) -> None:
    assert median(sample, "star", "hr3") < median(sample, "agn", "hr3") < median(sample, "cv", "hr3")
    assert median(sample, "xrb", "hr2") > median(sample, "agn", "hr2")
    assert median(sample, "star", "photon_index") > median(sample, "agn", "photon_index")


def test_stars_are_faint_in_x_rays_for_their_optical_light(sample: list[ReferenceSource]) -> None:
    assert -3.0 < median(sample, "star", "log_fx_fr") < -1.5
    assert -1.0 < median(sample, "agn", "log_fx_fr") < 1.0


def test_every_feature_is_there_and_some_values_are_missing(sample: list[ReferenceSource]) -> None:
    assert all(tuple(s.features) == FEATURES for s in sample)
    share = {name: np.mean([np.isnan(s.features[name]) for s in sample]) for name in FEATURES}
    assert share["gal_lat_deg"] == share["flux_8_cgs"] == 0
    assert 0.3 < share["log_fmax_fmin"] < 0.8
    assert share["separation_galaxy_radius"] > 0.8


def test_a_power_law_gives_back_its_index_and_flux() -> None:
    cameras = power_law(1.7)
    assert photon_index(sum_rates(cameras)) == pytest.approx(1.7)
    assert flux_cgs(cameras) == pytest.approx(1e-13, rel=0.02)


def test_too_few_counts_give_no_index() -> None:
    assert np.isnan(photon_index(sum_rates(power_law(1.7, counts=20.0))))


def test_hardness_ratios_agree_with_hand_values() -> None:
    ratios = hardness_ratios(measured(np.array([1.0, 3.0, 3.0, -1.0, 0.0])))
    assert ratios["hr1"] == 0.5
    assert ratios["hr2"] == 0.0
    assert ratios["hr3"] == -1.0
    assert np.isnan(ratios["hr4"])


def test_noise_leaves_the_measured_flux_unbiased() -> None:
    model = draw_source("agn", 50.0, np.random.default_rng(17))
    rng = np.random.default_rng(18)
    mean = np.mean([flux_cgs(measure(model, rng)) for _ in range(60)])
    assert mean == pytest.approx(flux_for_counts(model, EXPOSURE_S), rel=0.25)
