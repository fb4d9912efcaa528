from collections import Counter

import numpy as np
import pytest

from pipeline.measure.rates import epic_flux
from pipeline.simulate.observation import flux_for_counts
from pipeline.simulate.population import draw_source
from pipeline.simulate.reference import (
    EXPOSURE_S,
    FEATURES,
    ReferenceSource,
    draw_reference,
    measure,
)


@pytest.fixture(scope="module")
def sample() -> list[ReferenceSource]:
    return draw_reference(400, np.random.default_rng(12))


def median(sample: list[ReferenceSource], key: str, feature: str) -> float:
    return float(np.nanmedian([s.features[feature] for s in sample if s.class_key == key]))


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


def test_noise_leaves_the_measured_flux_unbiased() -> None:
    model = draw_source("agn", 50.0, np.random.default_rng(17))
    rng = np.random.default_rng(18)
    mean = np.mean([epic_flux(measure(model, rng))[0] for _ in range(60)])
    assert mean == pytest.approx(flux_for_counts(model, EXPOSURE_S), rel=0.25)
