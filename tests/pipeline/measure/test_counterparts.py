import math
from dataclasses import replace

import pytest

from pipeline.measure.counterparts import (
    counterpart_features,
    galaxy_features,
    log_luminosity,
    nearest_counterpart,
    nearest_galaxy,
    parallax_distance,
)
from pipeline.readers.tables import Counterpart, Galaxy, Position

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


def test_the_nearest_galaxy_is_the_one_whose_disc_is_nearest() -> None:
    large = Galaxy(Position(150.0, 2.0 + 20 / 60), 15.0, 4.0)
    small = Galaxy(Position(150.0, 2.0 - 5 / 60), 1.0, 90.0)
    found = nearest_galaxy(150.0, 2.0, [small, large])
    assert found is not None
    assert found[0] is large
    assert found[1] == pytest.approx(20 / 15, rel=1e-6)
    assert nearest_galaxy(150.0, 2.0, [small]) is None


def test_a_luminosity_needs_a_galaxy_under_the_source_and_a_flux() -> None:
    inside = galaxy_features(0.5, 10.0, 1e-13, 1e-14)
    assert inside["log_lx"] == pytest.approx(39.078, abs=1e-3)
    assert math.isnan(galaxy_features(1.2, 10.0, 1e-13, 1e-14)["log_lx"])
    assert math.isnan(galaxy_features(0.5, 10.0, 1e-14, 2e-14)["log_lx"])
    assert galaxy_features(1.2, 10.0, 1e-13, 1e-14)["separation_galaxy_radius"] == 1.2


def test_a_significant_parallax_gives_a_distance_with_its_error() -> None:
    star = replace(an_object(2.0), parallax_mas=10.0, parallax_err_mas=0.5)
    assert parallax_distance(star) == pytest.approx((1e-4, 5e-6))
    # 100 pc: 4 pi (3.0857e20 cm)^2 1e-13.
    assert log_luminosity(1e-4, 1e-13, 1e-14) == pytest.approx(29.078, abs=1e-3)
    assert math.isnan(log_luminosity(1e-4, 1e-14, 1e-13))


@pytest.mark.parametrize(("parallax", "error"), [(1.0, 0.3), (-2.0, 0.1), (5.0, math.nan), (math.nan, 0.1)])
def test_a_parallax_within_its_error_gives_none(parallax: float, error: float) -> None:
    star = replace(an_object(2.0), parallax_mas=parallax, parallax_err_mas=error)
    assert math.isnan(parallax_distance(star)[0])
