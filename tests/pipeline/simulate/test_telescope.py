import numpy as np
import pytest

from pipeline.bands import energy_conversion
from pipeline.psf import enclosed_fraction
from pipeline.simulate.telescope import (
    CAMERAS,
    Camera,
    conversion_factors_1e11,
    psf_radii_arcsec,
    vignetting,
)


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda camera: camera.name)
def test_the_cameras_reproduce_the_catalogues_conversion_factors(camera: Camera) -> None:
    expected = energy_conversion(camera.name, "Medium") / 1e11
    np.testing.assert_allclose(conversion_factors_1e11(camera), expected, rtol=0.01)


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda camera: camera.name)
def test_photons_spread_as_the_measurement_expects(camera: Camera) -> None:
    radii = psf_radii_arcsec(camera, 20_000, np.random.default_rng(5))
    assert 7.5 < np.median(radii) < 11
    for radius in (5.0, 20.0, 60.0):
        assert np.mean(radii < radius) == pytest.approx(enclosed_fraction(camera.name, radius), abs=0.01)


def test_vignetting_is_one_on_axis_and_falls_outwards() -> None:
    seen = vignetting(np.array([0.0, 5.0, 10.0, 15.0]))
    assert seen[0] == 1.0
    assert np.all(np.diff(seen) < 0)
    assert seen[2] == pytest.approx(0.59, abs=0.02)
