import re
from xml.etree import ElementTree as ET

import pytest

from pipeline.products.axes import Scale
from pipeline.products.drawings import draw_lightcurve, draw_spectrum

SPECTRUM = {
    "cameras": [
        {
            "camera": "PN",
            "energy_lo_kev": [0.5, 1.0, 2.0],
            "energy_hi_kev": [1.0, 2.0, 4.0],
            "rate": [0.1, 0.05, -0.01],
            "rate_err": [0.01, 0.06, 0.02],
            "background": [0.02, 0.0, 0.01],
        }
    ]
}
CURVE = {
    "bin_s": 100.0,
    "gti_s": [[0.0, 200.0], [300.0, 400.0]],
    "background_flares_s": [[210.0, 290.0]],
    "blocks": {"start_s": [0.0, 150.0], "stop_s": [150.0, 400.0], "rate": [0.1, 5.0]},
    "cameras": [
        {
            "camera": "M1",
            "time_s": [50.0, 150.0, 350.0],
            "rate": [0.1, None, 0.3],
            "rate_err": [0.1, None, 0.1],
        }
    ],
}


def numbers(svg: bytes) -> list[float]:
    path = re.findall(rb' d="([^"]*)"', svg)
    return [float(n) for one in path for n in re.findall(rb"[MHV](-?\d+\.?\d*)", one)]


def test_a_spectrum_is_drawn_inside_its_box() -> None:
    svg = draw_spectrum(SPECTRUM, "A & B <2>")
    root = ET.fromstring(svg)  # noqa: S314 - made here
    assert root[0].text == "A & B <2>"
    assert all(0 <= number <= 640 for number in numbers(svg))
    assert b"#0072B2" in svg
    assert b"Energy (keV)" in svg


def test_a_light_curve_has_gaps_flares_and_blocks_in_view() -> None:
    svg = draw_lightcurve(CURVE, "title")
    ET.fromstring(svg)  # noqa: S314 - made here
    assert svg.count(b'fill="#e4e4e4"') == 2
    assert b"#CC79A7" in svg
    assert all(0 <= number <= 640 for number in numbers(svg))


@pytest.mark.parametrize("draw", [draw_spectrum, draw_lightcurve])
def test_nothing_to_draw_is_said(draw) -> None:
    empty = {"cameras": [], "bin_s": 1.0, "gti_s": []}
    assert b"no data" in draw(empty, "title")


def test_the_same_document_gives_the_same_drawing() -> None:
    assert draw_spectrum(SPECTRUM, "x") == draw_spectrum(SPECTRUM, "x")


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(0.0, 10.0, 0, 1), [0, 2, 4, 6, 8, 10]),
        (Scale(0.3, 12.0, 0, 1, log=True), [0.5, 1, 2, 5, 10]),
        (Scale(1e-5, 1.5, 0, 1, log=True), [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]),
    ],
)
def test_ticks_are_round_numbers(scale: Scale, expected: list[float]) -> None:
    assert scale.ticks() == pytest.approx(expected)
