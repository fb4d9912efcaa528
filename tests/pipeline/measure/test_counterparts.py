import math

import pytest

from pipeline.measure.counterparts import counterpart_features, nearest_counterpart
from pipeline.readers.tables import Counterpart, Position

ARCSEC = 1.0 / 3600.0


def an_object(dec: float) -> Counterpart:
    return Counterpart(Position(150.0, dec), 20.0, 19.0, math.nan, 15.0, 12.5)


def test_the_nearest_one_within_the_radius_is_taken() -> None:
    near, far = an_object(2.0 + 2 * ARCSEC), an_object(2.0 - 4 * ARCSEC)
    assert nearest_counterpart(150.0, 2.0, [far, near], 5.0) is near
    assert nearest_counterpart(150.0, 2.0, [an_object(2.0 + 6 * ARCSEC)], 5.0) is None
    assert nearest_counterpart(150.0, 2.0, [], 5.0) is None


def test_flux_ratios_by_hand() -> None:
    features = counterpart_features(an_object(2.0), 1e-13)
    assert features["log_fx_fb"] == pytest.approx(-13 + 5.37 + 8.0)
    assert features["log_fx_fw2"] == pytest.approx(-13 + 6.95 + 6.0)
    assert math.isnan(features["log_fx_fw1"])
    assert features["proper_motion_masyr"] == 12.5


def test_no_flux_no_ratio() -> None:
    assert math.isnan(counterpart_features(an_object(2.0), -1e-15)["log_fx_fb"])


def test_a_flux_below_its_error_gives_no_ratio() -> None:
    assert math.isnan(counterpart_features(an_object(2.0), 1e-15, 2e-15)["log_fx_fb"])
    assert counterpart_features(an_object(2.0), 3e-15, 2e-15)["log_fx_fb"] < 0
