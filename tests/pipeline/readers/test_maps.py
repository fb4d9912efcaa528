from pathlib import Path

import pytest

from pipeline.errors import MalformedFits
from pipeline.readers.images import read_background_map, read_detection_mask, read_image


def test_a_mask_is_nought_or_one(write_product) -> None:
    with pytest.raises(MalformedFits, match="0 and 1"):
        read_detection_mask(write_product("map", value=0.5))


def test_a_background_is_not_negative(write_product) -> None:
    with pytest.raises(MalformedFits, match="below zero"):
        read_background_map(write_product("map", value=-1.0))


@pytest.mark.real_data
def test_real_maps_share_their_grid_and_band(real_data: Path) -> None:
    folder = real_data / "abell1835_pps"
    background = read_background_map(folder / "P0098010101M2X000BKGMAP3000.FTZ")
    counts = read_image(folder / "P0098010101M2U009IMAGE_3000.FTZ")
    assert background.energy_kev == counts.energy_kev == (1.0, 2.0)
    assert background.data.shape == counts.data.shape == (648, 648)
    assert background.wcs.wcs.crval.tolist() == counts.wcs.wcs.crval.tolist()


@pytest.mark.real_data
def test_real_masks_are_read(real_data: Path) -> None:
    mask = read_detection_mask(real_data / "abell1795" / "pn_detmask_500_7000.fits.gz")
    assert 0.1 < mask.data.mean() < 0.9
