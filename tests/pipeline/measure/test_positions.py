import pytest

from pipeline.measure.positions import galactic_latitude, iau_name, merge_positions
from pipeline.readers.tables import Position

ARCSEC = 1.0 / 3600.0


def test_close_positions_of_two_observations_are_one_source() -> None:
    listed = {"2": [Position(150.0, 0.0)], "1": [Position(150.0, 5 * ARCSEC), Position(150.0, 30 * ARCSEC)]}
    merged = merge_positions(listed, 8.0)
    assert [source.observations for source in merged] == [("1", "2"), ("1",)]
    assert merged[0].dec_deg == pytest.approx(2.5 * ARCSEC)


def test_positions_on_both_sides_of_zero_hours_merge() -> None:
    merged = merge_positions({"1": [Position(359.9995, 10.0)], "2": [Position(0.0005, 10.0)]}, 8.0)
    assert len(merged) == 1
    assert min(merged[0].ra_deg, 360 - merged[0].ra_deg) == pytest.approx(0.0, abs=1e-9)


def test_a_given_name_is_kept_and_nothing_gives_nothing() -> None:
    assert merge_positions({"1": [Position(1.0, 2.0, "Mira")]}, 8.0)[0].name == "Mira"
    assert merge_positions({"1": []}, 8.0) == []


@pytest.mark.parametrize(
    ("ra", "dec", "expected"),
    [
        (149.5592, -11.0926, "CLX J095814.2-110533"),
        (0.0, 0.5, "CLX J000000.0+003000"),
        (359.99999, -0.00001, "CLX J235959.9-000000"),
    ],
)
def test_names_are_truncated_not_rounded(ra: float, dec: float, expected: str) -> None:
    assert iau_name(ra, dec, "CLX") == expected


def test_the_galactic_pole_is_at_ninety_degrees() -> None:
    assert galactic_latitude(192.85948, 27.12825) == pytest.approx(90.0, abs=1e-3)
