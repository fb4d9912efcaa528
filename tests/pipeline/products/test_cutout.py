import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from pipeline.config import RunConfig
from pipeline.products.cutout import centred_frame, make_cutout
from pipeline.products.fits_image import cutout_fits

CONFIG = RunConfig()


def test_a_source_maps_to_the_centre(cutout, place) -> None:
    column, row = cutout.frame.to_pixel(*place)
    assert (column[0], row[0]) == pytest.approx((30.5, 30.5), abs=1e-6)
    assert cutout.counts.sum(axis=0)[27:33, 27:33].sum() > 50


def test_north_is_up_and_east_is_left(cutout) -> None:
    row, column = np.unravel_index(np.argmax(cutout.counts.sum(axis=0)), (60, 60))
    assert row > 35
    assert column < 25


def test_no_event_of_the_square_is_lost_or_counted_twice(camera, place) -> None:
    cutout = make_cutout([camera], *place, CONFIG)
    events = camera.events
    column, row = centred_frame(*place, 60, 4.0).to_pixel(*events.frame.to_sky(events.x, events.y))
    inside = (column >= 0.5) & (column < 60.5) & (row >= 0.5) & (row < 60.5)
    energy = events.pi_ev / 1000.0
    assert cutout.counts.sum() == pytest.approx(np.sum(inside & (energy >= 0.2) & (energy < 12.0)), abs=3)


def test_the_cube_has_counts_exposure_and_a_valid_wcs(cutout, place) -> None:
    content = cutout_fits(cutout, {"OBS_ID": "1", "SIMULATD": True})
    with fits.open(io.BytesIO(content)) as hdus:
        hdus.verify("exception")
        assert hdus[0].data.dtype == np.dtype(">f4")
        assert np.array_equal(hdus[0].data, cutout.counts)
        assert hdus["EXPOSURE"].data == pytest.approx(cutout.exposure_s)
        assert (hdus[0].header["OBS_ID"], hdus[0].header["SIMULATD"]) == ("1", True)
        pixel = WCS(hdus[0].header).celestial.wcs_world2pix([place[0]], [place[1]], 0)
    assert np.ravel(pixel) == pytest.approx([29.5, 29.5], abs=1e-6)


def test_the_cube_is_the_same_bytes_again(cutout) -> None:
    assert cutout_fits(cutout, {"OBS_ID": "1"}) == cutout_fits(cutout, {"OBS_ID": "1"})
