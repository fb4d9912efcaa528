import io

import numpy as np
import pytest
from PIL import Image

from pipeline.config import RunConfig
from pipeline.products.sky import sky_variants
from pipeline.readers.tables import Counterpart, Position

NAN = float("nan")
STAR = Counterpart(Position(150.0, 2.0), 16.0, 14.0, 11.0, 11.0, 30.0)
EAST = Counterpart(Position(150.0 + 30 / 3600, 2.0), 19.0, 19.0, NAN, NAN, NAN)


def pictures(*objects: Counterpart) -> list[np.ndarray]:
    variants = sky_variants(objects, (150.0, 2.0), "observations/1/x", RunConfig())
    return [np.asarray(Image.open(io.BytesIO(one.content))).astype(int) for one in variants]


def test_a_star_shines_at_the_centre_of_both_views() -> None:
    for picture in pictures(STAR):
        assert picture.shape == (160, 160, 3)
        assert picture[78:82, 78:82].max() > 200
        assert np.median(picture) < 40


def test_east_is_left_and_what_was_not_detected_is_not_drawn() -> None:
    optical, infrared = pictures(EAST)
    assert optical[80, 38:43].max() > 100
    assert infrared[80, 34:48].max() < 80


def test_a_red_object_is_red() -> None:
    optical = pictures(STAR)[0]
    assert optical[82, 80, 0] > optical[82, 80, 2]


def test_the_same_sky_is_drawn_again() -> None:
    assert np.array_equal(pictures(STAR, EAST)[0], pictures(STAR, EAST)[0])


def test_without_objects_there_is_no_picture() -> None:
    assert sky_variants((), (150.0, 2.0), "x", RunConfig()) == []


def test_a_picture_names_its_survey() -> None:
    entry = sky_variants((STAR,), (150.0, 2.0), "x", RunConfig())[1].entry()
    assert (entry["view"], entry["survey"], entry["bands"]) == ("infrared", "simulated", ["w2mag", "w1mag"])


@pytest.mark.parametrize("far", [10.0, 330.0])
def test_an_object_behind_the_observer_is_ignored(far: float) -> None:
    assert pictures(Counterpart(Position(far, -2.0), 10.0, 10.0, 10.0, 10.0, NAN))[0].max() < 90
