import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.config import RunConfig
from pipeline.errors import BadTable
from pipeline.products.sky import picture_variants, read_sky_pictures, sky_variants
from pipeline.readers.tables import Counterpart, Position

NAN = float("nan")
STAR = Counterpart(Position(150.0, 2.0), 16.0, 14.0, 11.0, 11.0, 30.0)
EAST = Counterpart(Position(150.0 + 30 / 3600, 2.0), 19.0, 19.0, NAN, NAN, NAN)


def pictures(*objects: Counterpart) -> list[np.ndarray]:
    variants = sky_variants(objects, (150.0, 2.0), "observations/1/x", RunConfig())
    return [np.asarray(Image.open(io.BytesIO(one.content))).astype(int) for one in variants]


def test_a_star_shines_at_the_centre_of_both_views() -> None:
    for picture in pictures(STAR)[:2]:
        assert picture.shape == (200, 200, 3)
        assert picture[98:102, 98:102].max() > 200
        assert np.median(picture) < 40


def test_east_is_left_and_what_was_not_detected_is_not_drawn() -> None:
    optical, infrared, _ = pictures(EAST)
    assert optical[100, 73:78].max() > 100
    assert infrared[100, 69:83].max() < 80


def test_a_red_object_is_red() -> None:
    optical = pictures(STAR)[0]
    assert optical[102, 100, 0] > optical[102, 100, 2]


def test_a_cool_star_fades_in_the_ultraviolet_and_a_blue_object_does_not() -> None:
    star, blue = pictures(STAR)[2], pictures(Counterpart(Position(150.0, 2.0), 16.0, 16.0, NAN, NAN, NAN))[2]
    assert star[98:102, 98:102].max() < blue[98:102, 98:102].max() - 50


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


def write_index(folder: Path, **changes: object) -> Path:
    Image.new("RGB", (8, 8), (200, 30, 30)).save(folder / "one.jpg")
    entry = {"file": "one.jpg", "ra_deg": 150.0, "dec_deg": 2.0, "view": "optical", "survey": "DSS2"}
    entry |= {"bands": ["red"], "date": "1990", "attribution": "x", "fov_arcmin": 2.0, **changes}
    path = folder / "sky_pictures.json"
    path.write_text(json.dumps({"schema": "claxson.sky/1", "pictures": [entry]}))
    return path


def test_a_real_picture_becomes_a_variant_of_the_source_it_shows(tmp_path: Path) -> None:
    found = tuple(read_sky_pictures(write_index(tmp_path)))
    (variant,) = picture_variants(found, (150.0005, 2.0), "observations/1/x", 8.0)
    assert variant.path == "observations/1/x_optical.webp"
    assert (variant.entry()["survey"], variant.entry()["width_px"]) == ("DSS2", 8)
    assert picture_variants(found, (150.01, 2.0), "observations/1/x", 8.0) == []


def test_a_picture_that_is_none_is_left_out(tmp_path: Path) -> None:
    found = tuple(read_sky_pictures(write_index(tmp_path)))
    (tmp_path / "one.jpg").write_bytes(b"no picture")
    assert picture_variants(found, (150.0, 2.0), "x", 8.0) == []


@pytest.mark.parametrize("wrong", [{"file": "../../etc/passwd"}, {"ra_deg": "east"}])
def test_an_index_that_is_wrong_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(BadTable, match="fetch it again"):
        read_sky_pictures(write_index(tmp_path, **wrong))
