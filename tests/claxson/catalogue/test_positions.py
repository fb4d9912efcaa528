import math

import pytest

from claxson.catalogue.positions import Position, box_around, folded, read_position

CRAB = Position(83.633, 22.0145)


@pytest.mark.parametrize(
    "text",
    [
        "83.633 22.0145",
        "83.633, +22.0145",
        " 83.633°  22.0145° ",
        "05 34 31.92 +22 00 52.2",
        "05:34:31.92 +22:00:52.2",
        "5h34m31.92s +22d00m52.2s",
        "05h34m31.92s, 22d0m52.2s",
        "J053431.92+220052.2",
        "4xmm j053431.92 +220052.2",
    ],
)
def test_positions_are_read_as_people_write_them(text: str) -> None:
    found = read_position(text)
    assert found is not None
    assert math.isclose(found.ra_deg, CRAB.ra_deg, abs_tol=1e-4)
    assert math.isclose(found.dec_deg, CRAB.dec_deg, abs_tol=1e-4)


@pytest.mark.parametrize("minus", ["-", "\N{MINUS SIGN}"])
def test_a_position_in_the_south_may_have_either_minus(minus: str) -> None:
    assert read_position(f"10.5 {minus}0.25") == Position(10.5, -0.25)


@pytest.mark.parametrize(
    "text", ["", "Crab", "M 31", "10", "10 95", "1 2 3 4 5 6 7 8 9", "10 " * 60, "nan nan"]
)
def test_what_is_no_position_is_none(text: str) -> None:
    assert read_position(text) is None


def test_names_differ_by_no_space_case_or_minus() -> None:
    assert folded(" 4xmm j0534\N{MINUS SIGN}22 ") == folded("4XMMJ0534-22") == "4XMMJ0534-22"


def test_a_box_holds_its_cone_and_goes_around_near_a_pole() -> None:
    box = box_around(Position(10, 60), 1)
    assert (box.dec_low, box.dec_high) == (59, 61)
    assert box.ra_half == pytest.approx(2.0003, abs=1e-3)
    assert box_around(Position(10, -89.5), 1).ra_half == 180
