from pathlib import Path

import numpy as np
import pytest

from pipeline.readers.events import read_events
from pipeline.readers.images import energy_range, image_from_events, read_image

PHYSICAL = (1.0, 1.0, 80.0, 1.0, 1.0, 80.0)


def test_an_event_falls_in_the_pixel_that_evselect_gives_it() -> None:
    image = image_from_events(np.array([1.0, 40.9, 41.0]), np.array([1.0, 1.0, 1.0]), PHYSICAL, (2, 3))
    assert image.tolist() == [[2, 1, 0], [0, 0, 0]]


def test_events_outside_the_grid_are_left_out() -> None:
    assert image_from_events(np.array([-1e4, 1e6]), np.array([1.0, 1.0]), PHYSICAL, (2, 3)).sum() == 0


@pytest.mark.parametrize(
    ("header", "name", "expected"),
    [
        ({"DSTYP2": "PI", "DSVAL2": "500:2000"}, "x.fits", (0.5, 2.0)),
        ({"DSTYP1": "PI", "DSVAL1": "(1000:2000"}, "x.fits", (1.0, 2.0)),
        ({}, "P0098010101M2U009EXPMAP3000.FTZ", (1.0, 2.0)),
        ({}, "map.fits", (0.2, 12.0)),
    ],
)
def test_the_energy_range_is_found(header: dict[str, str], name: str, expected: tuple[float, float]) -> None:
    assert energy_range(header, name) == expected


@pytest.mark.real_data
@pytest.mark.parametrize("obsid", ["0201901401", "0201903501", "0404910601"])
@pytest.mark.parametrize("camera", ["mos1", "mos2"])
def test_a907_images_come_out_of_the_events_pixel_for_pixel(real_data: Path, obsid: str, camera: str) -> None:
    folder = real_data / "abell907" / obsid
    image = read_image(folder / f"{obsid}_{camera}_exp1-0.50-2.00keVimg.fits.gz")
    events = read_events(folder / f"{camera}_exp1_clean_evts.fits.gz")
    band = (events.pi_ev >= 500) & (events.pi_ev <= 2000)
    made = image_from_events(events.x[band], events.y[band], image.physical, image.data.shape)
    assert image.energy_kev == (0.5, 2.0)
    assert np.array_equal(made, image.data)


@pytest.mark.real_data
def test_an_exposure_map_of_the_archive_knows_its_band(real_data: Path) -> None:
    image = read_image(real_data / "abell1835_pps" / "P0098010101M2U009EXPMAP3000.FTZ")
    assert image.energy_kev == pytest.approx((1.0, 2.0))
    assert image.arcsec_per_pixel == pytest.approx(4.0, abs=1e-6)
