import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from PIL import Image

from pipeline.config import RunConfig
from pipeline.measure.apertures import camera_of
from pipeline.measure.cleaning import clean_events
from pipeline.measure.exposure import from_events
from pipeline.products.cutout import cutout_fits, cutout_png, draw, make_cutout, picture_meta
from pipeline.readers.events import read_events

ARCSEC = 1.0 / 3600.0
CONFIG = RunConfig()
PLACE = (150.0 + 200 * ARCSEC / np.cos(np.deg2rad(2.0)), 2.0 + 100 * ARCSEC)


@pytest.fixture
def cutout(write_events, recipe):
    """A source at the centre and a brighter one 60 arcsec to its north-east."""
    made = recipe(sources=((200.0, 100.0, 80), (242.0, 142.0, 800)))
    events = clean_events(read_events(write_events(made))).events
    return make_cutout([camera_of(events, [from_events(events)])], *PLACE, CONFIG)


def test_a_source_maps_to_the_centre(cutout) -> None:
    column, row = cutout.wcs.wcs_world2pix([PLACE[0]], [PLACE[1]], 0)
    assert (column[0], row[0]) == pytest.approx((29.5, 29.5), abs=1e-6)
    assert cutout.counts.sum(axis=0)[27:33, 27:33].sum() > 50


def test_north_is_up_and_east_is_left(cutout) -> None:
    row, column = np.unravel_index(np.argmax(cutout.counts.sum(axis=0)), (60, 60))
    assert row > 35
    assert column < 25
    picture = draw(cutout, CONFIG).sum(axis=2)
    assert picture[:25, :25].sum() > picture[35:, 35:].sum()


def test_a_faint_source_shows_beside_a_bright_one(cutout) -> None:
    picture = draw(cutout, CONFIG).max(axis=2).astype(float)
    assert picture[28:32, 28:32].mean() > 150
    assert np.median(picture) < 40


def test_the_cube_has_counts_and_a_valid_wcs(cutout) -> None:
    content = cutout_fits(cutout, {"OBS_ID": "1"})
    with fits.open(io.BytesIO(content)) as hdus:
        assert hdus[0].data.dtype == np.dtype(">f4")
        assert np.array_equal(hdus[0].data, cutout.counts)
        pixel = WCS(hdus[0].header).celestial.wcs_world2pix([PLACE[0]], [PLACE[1]], 0)
    assert np.ravel(pixel) == pytest.approx([29.5, 29.5], abs=1e-6)
    assert content == cutout_fits(cutout, {"OBS_ID": "1"})


def test_the_picture_has_its_size_and_its_own_wcs(cutout) -> None:
    with Image.open(io.BytesIO(cutout_png(cutout, CONFIG))) as picture:
        assert (picture.size, picture.mode) == ((480, 480), "RGB")
    meta = picture_meta(*PLACE, CONFIG)
    pixel = WCS(fits.Header(meta["wcs"])).wcs_world2pix([PLACE[0]], [PLACE[1]], 0)
    assert np.ravel(pixel) == pytest.approx([239.5, 239.5], abs=1e-6)
    assert meta["fov_arcmin"] == 4.0


def test_an_unexposed_place_is_black(cutout) -> None:
    dark = type(cutout)(np.zeros_like(cutout.counts), np.zeros_like(cutout.counts), cutout.wcs)
    assert draw(dark, CONFIG).max() == 0
