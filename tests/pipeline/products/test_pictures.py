import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from PIL import Image

from pipeline.config import RunConfig
from pipeline.products.pictures import cutout_products, png_bytes, webp_bytes
from pipeline.products.stretch import draw_counts, levels_of

CONFIG = RunConfig()


@pytest.fixture
def products(cutout):
    return cutout_products(cutout, "observations/1/source", {"OBS_ID": "1"}, CONFIG)


@pytest.mark.parametrize("shape", [(40, 40, 3), (40, 40)])
def test_a_png_holds_exactly_its_pixels(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)
    with Image.open(io.BytesIO(png_bytes(pixels))) as picture:
        picture.load()
        assert np.array_equal(np.asarray(picture), pixels)


def test_a_webp_is_close_and_small() -> None:
    pixels = np.repeat(np.linspace(0, 255, 120).astype(np.uint8)[:, None], 120, axis=1)
    content = webp_bytes(np.repeat(pixels[:, :, None], 3, axis=2))
    with Image.open(io.BytesIO(content)) as picture:
        assert np.abs(np.asarray(picture.convert("L")).astype(int) - pixels).mean() < 3
    assert len(content) < 2000


def test_the_picture_has_its_size_and_its_own_wcs(products, place) -> None:
    picture = products[0]
    with Image.open(io.BytesIO(picture.content)) as opened:
        assert (opened.size, opened.mode) == ((300, 300), "RGB")
    pixel = WCS(fits.Header(picture.meta["wcs"])).wcs_world2pix([place[0]], [place[1]], 0)
    assert np.ravel(pixel) == pytest.approx([149.5, 149.5], abs=1e-6)
    assert picture.meta["fov_arcmin"] == 4.0


def test_a_small_picture_and_single_bands_are_variants(products) -> None:
    entry = products[0].entry()
    roles = [variant["role"] for variant in entry["meta"]["variants"]]
    assert roles == ["small", "band", "band", "band", "counts"]
    assert entry["meta"]["variants"][3]["energy_kev"] == [2.0, 12.0]
    assert [path for path, _ in products[0].files()][1] == "observations/1/source_small.webp"


def test_unsmoothed_every_pixel_is_its_counts(cutout) -> None:
    drawn = draw_counts(cutout, levels_of(cutout, CONFIG))[::-1]
    total = cutout.counts.sum(axis=0)
    assert drawn.shape == (*total.shape, 3)
    brightest = np.unravel_index(total.argmax(), total.shape)
    assert drawn[brightest].max() == drawn.max()
    assert len(np.unique(drawn[(total == 0)])) <= 2  # sky where a camera looked, black where none did
