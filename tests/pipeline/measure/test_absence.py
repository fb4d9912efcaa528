import math

import numpy as np

from pipeline.measure.absence import reasons_of_absence
from pipeline.measure.features import band_features, source_features
from pipeline.measure.rates import BandCounts
from pipeline.readers.tables import Counterpart, Position

CRITERIA = {"hr1", "hr2", "hr3", "hr4", "photon_index", "proper_motion_masyr", "log_fx_fb", "log_fx_fr"}
CRITERIA |= {
    "log_fx_fw1",
    "log_fx_fw2",
    "log_fmax_fmin",
    "log_fmaxlo_fminup",
    "separation_galaxy_radius",
    "log_lx",
}


def some_counts(number: float) -> list[BandCounts]:
    flat = np.full(5, 1.0)
    return [BandCounts("PN", "Medium", number * flat, 10.0 * flat, 0.1 * flat, 1e4 * flat)]


def features_of(counts: list[BandCounts]) -> dict[str, float]:
    return source_features([band_features(counts) | {"chi2_prob": 0.5}], counts)


def test_every_missing_criterion_has_a_reason() -> None:
    counts = some_counts(1.0)
    found = reasons_of_absence(features_of(counts), counts, None)
    assert set(found) == CRITERIA
    assert all(found.values())
    assert "net counts" in found["photon_index"]


def test_what_is_there_needs_no_reason() -> None:
    counts = some_counts(300.0)
    found = reasons_of_absence(features_of(counts), counts, None)
    assert not {"hr1", "hr2", "hr3", "hr4"} & set(found)


def test_a_counterpart_without_a_magnitude_is_told_from_none() -> None:
    counts = some_counts(300.0)
    one = Counterpart(Position(1.0, 2.0), 20.0, math.nan, 15.0, 14.0, math.nan)
    found = reasons_of_absence(features_of(counts), counts, one)
    assert found["log_fx_fr"] == "the counterpart has no rmag"
    assert "proper motion" in found["proper_motion_masyr"]
