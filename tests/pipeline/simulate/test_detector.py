import numpy as np
import pytest
from astropy.wcs import WCS

from pipeline.simulate.detector import (
    Pointing,
    chip_number,
    deproject_deg,
    detector_arcmin,
    project_arcmin,
    sky_offsets_arcmin,
    sky_pixels,
)
from pipeline.simulate.telescope import CAMERAS, M1, PN, Camera

POINTINGS = [Pointing(182.9, -9.6, 40.0), Pointing(0.02, 71.0, 300.0)]


def tangent_frame(pointing: Pointing) -> WCS:
    frame = WCS(naxis=2)
    frame.wcs.ctype, frame.wcs.crpix = ["RA---TAN", "DEC--TAN"], [25921, 25921]
    frame.wcs.crval, frame.wcs.cdelt = [pointing.ra_deg, pointing.dec_deg], [-0.05 / 3600, 0.05 / 3600]
    return frame


@pytest.mark.parametrize("pointing", POINTINGS)
def test_sky_pixels_agree_with_astropy(pointing: Pointing) -> None:
    ra, dec = deproject_deg(np.array([-12.0, 3.0, 8.0]), np.array([5.0, -9.0, 11.0]), pointing)
    ours = [sky_pixels(offset) for offset in project_arcmin(ra, dec, pointing)]
    theirs = tangent_frame(pointing).wcs_world2pix(ra, dec, 1)
    np.testing.assert_allclose(ours, theirs, atol=0.51)


@pytest.mark.parametrize("pointing", POINTINGS)
def test_projection_and_its_inverse_cancel(pointing: Pointing) -> None:
    west, north = np.array([-12.0, 3.0]), np.array([5.0, -9.0])
    back = project_arcmin(*deproject_deg(west, north, pointing), pointing)
    np.testing.assert_allclose(back, (west, north), atol=1e-9)


def test_turning_to_the_detector_and_back_changes_nothing() -> None:
    x, y = np.array([1.0, -4.0]), np.array([2.0, 7.0])
    np.testing.assert_allclose(sky_offsets_arcmin(*detector_arcmin(x, y, 33.0), 33.0), (x, y))


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda camera: camera.name)
def test_every_chip_is_hit_and_gaps_see_nothing(camera: Camera) -> None:
    x, y = np.random.default_rng(6).uniform(-14.0, 14.0, (2, 20_000))
    chips = set(chip_number(camera, x, y).tolist())
    assert chips == set(range(camera.ccds + 1))


def test_the_optical_axis_lies_on_the_central_mos_chip_and_in_the_pn_gap() -> None:
    axis = np.zeros(1)
    assert chip_number(M1, axis, axis)[0] == 1
    assert chip_number(PN, axis, axis)[0] == 0
