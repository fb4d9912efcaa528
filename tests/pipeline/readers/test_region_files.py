from pathlib import Path

import numpy as np
import pytest
from astropy.wcs import WCS

from pipeline.errors import BadRegionFile
from pipeline.readers.images import SkyImage, read_image
from pipeline.readers.region_files import read_regions


def an_image() -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [150.0, 2.0], [50.0, 50.0], [-4.0 / 3600, 4.0 / 3600]
    wcs.wcs.set()
    return SkyImage("image.fits", np.zeros((100, 100)), wcs, (0.2, 12.0), None)


def regions_of(tmp_path: Path, text: str, image: SkyImage | None):
    path = tmp_path / "field.reg"
    path.write_text(text)
    return read_regions(path, image, 60.0)


def test_image_pixels_count_from_one(tmp_path: Path) -> None:
    found = regions_of(tmp_path, "global color=red\nimage ; ellipse(50,50,3,3,10)\n", an_image())
    assert (found.points[0].ra_deg, found.points[0].dec_deg) == pytest.approx((150.0, 2.0))


def test_a_large_ellipse_is_extended(tmp_path: Path) -> None:
    found = regions_of(tmp_path, "image ; ellipse(50,50,26,23,59)\n", an_image())
    assert found.points == ()
    assert found.extended[0].semi_major_arcsec == pytest.approx(104.0)


def test_a_green_ellipse_is_extended_whatever_its_size(tmp_path: Path) -> None:
    text = "image ; ellipse(50,50,9,8,0) # color=green\nimage ; ellipse(60,50,5,4,0) # color=blue\n"
    found = regions_of(tmp_path, text, an_image())
    assert (len(found.extended), len(found.points)) == (1, 1)


def test_sky_coordinates_need_no_image(tmp_path: Path) -> None:
    found = regions_of(tmp_path, 'fk5\ncircle(150.1,2.1,20")\nicrs;point(150.2,2.2)\n', None)
    places = [(p.ra_deg, p.dec_deg) for p in found.points]
    # FK5 and ICRS differ by hundredths of an arcsec.
    assert places[0] == pytest.approx((150.1, 2.1), abs=2e-5)
    assert places[1] == (150.2, 2.2)


def test_excluded_regions_are_no_sources(tmp_path: Path) -> None:
    assert regions_of(tmp_path, "image;-circle(1,2,3)\n", an_image()).points == ()


def test_image_pixels_without_an_image_say_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(BadRegionFile, match="add one"):
        regions_of(tmp_path, "image;circle(1,2,3)\n", None)


@pytest.mark.parametrize(
    "line", ["ellipse(1,2,3)", "circle(1,two,3)", "physical;circle(1,2,3)", "box(1,2,3,4,0)", "nonsense"]
)
def test_a_bad_line_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadRegionFile, match=r"field\.reg"):
        regions_of(tmp_path, line + "\n", an_image())


@pytest.mark.real_data
def test_the_cluster_of_a907_is_extended_and_fifteen_sources_are_not(real_data: Path) -> None:
    folder = real_data / "abell907" / "0201901401"
    image = read_image(folder / "0201901401_mos1_exp1-0.50-2.00keVimg.fits.gz")
    found = read_regions(folder / "0201901401_sources.reg", image, 60.0)
    assert (len(found.points), len(found.extended)) == (15, 1)
    assert found.extended[0].ra_deg == pytest.approx(149.592, abs=0.01)
