"""What people see of plots in a real browser, and do to them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from claxson.catalogue.models import Product, Source
from tests.claxson.browser.pages import faults

# Texts that were drawn on a canvas, newest last; a plot has no other trace of its labels.
LISTEN = """
window.texts = [];
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.texts.push(text);
  return draw.call(this, text, ...rest);
};
"""
Shown = Callable[..., Page]


@pytest.fixture
def shown(
    open_page: Callable[..., Page],
    make_source: Callable[..., Source],
    add_product: Callable[..., Product],
) -> Iterator[Shown]:
    """The page of a source with one plot, drawn."""

    def show(kind: str, document: dict[str, Any], **options: Any) -> Page:
        source = make_source()
        add_product(source, kind, document)
        page = open_page(**options)
        page.add_init_script(LISTEN)
        page.goto(f"/en/sources/{source.name}/")
        expect(page.locator("[data-drawn]")).to_be_visible()
        return page

    return show


def camera(name: str, rate: list[float], **changes: Any) -> dict[str, Any]:
    edges = [0.5, 1.0, 2.0, 4.0]
    return {
        "camera": name,
        "energy_lo_kev": edges[: len(rate)],
        "energy_hi_kev": edges[1 : len(rate) + 1],
        "rate": rate,
        "rate_err": [value / 10 for value in rate],
        "counts": [100] * len(rate),
        **changes,
    }


def timed(name: str, rate: list[float]) -> dict[str, Any]:
    return {
        "camera": name,
        "time_s": [250.0 + 500 * n for n in range(len(rate))],
        "rate": rate,
        "rate_err": [0.01] * len(rate),
        "fraction_exposed": [1.0] * len(rate),
    }


def canvas(page: Page) -> str:
    return str(page.locator(".plot canvas").evaluate("c => c.toDataURL()"))


def drawn_anew(page: Page, act: Callable[[], None]) -> list[str]:
    """What was written on the plot after an act."""
    page.evaluate("texts.length = 0")
    before = canvas(page)
    act()
    page.wait_for_function(
        "before => document.querySelector('.plot canvas').toDataURL() !== before", arg=before
    )
    return list(page.evaluate("texts"))


def numbers(texts: list[str]) -> list[float]:
    """Those of the axes that are written plainly."""
    return [float(text) for text in texts if text.replace(".", "", 1).isdigit()]


def switched_on(page: Page) -> list[str]:
    return list(
        page.locator(".cameras .toggle input:checked").evaluate_all("all => all.map(one => one.value)")
    )


def test_all_cameras_together_are_their_sum_and_take_the_place_of_the_single_ones(
    shown: Shown, lightcurve_document: Callable[..., dict[str, Any]]
) -> None:
    cameras = [timed("PN", [8.0, 9.0]), timed("M1", [7.0, 7.0])]
    page = shown("lightcurve", lightcurve_document(cameras=cameras))
    together = page.get_by_role("checkbox", name="All together")
    assert max(numbers(drawn_anew(page, together.check))) >= 14
    assert switched_on(page) == ["ALL"]
    page.get_by_role("checkbox", name="M1").check()
    assert switched_on(page) == ["M1"]
    together.check()
    together.uncheck()
    assert switched_on(page) == ["PN", "M1"]


def test_few_x_rays_begin_with_one_camera_and_the_caption_says_so(
    shown: Shown, spectrum_document: Callable[..., dict[str, Any]]
) -> None:
    cameras = [camera("PN", [8.0, 9.0]), camera("M1", [1.0, 2.0], counts=[10, 20])]
    page = shown("spectrum", spectrum_document(cameras=cameras, facts={"net_counts": 50.0}))
    assert switched_on(page) == ["PN"]
    expect(page.locator("figcaption")).to_contain_text("Few X-rays: only PN is shown at first")
    drawn_anew(page, page.get_by_role("checkbox", name="M1").check)


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_cameras_shown_together_have_no_accessibility_fault(
    shown: Shown, lightcurve_document: Callable[..., dict[str, Any]], scheme: str, width: int
) -> None:
    cameras = [timed("PN", [8.0, 9.0]), timed("M1", [7.0, 7.0])]
    document = lightcurve_document(cameras=cameras, facts={"counts": 20})
    page = shown("lightcurve", document, scheme=scheme, width=width)
    assert switched_on(page) == ["ALL"]
    assert faults(page) == []


def test_a_camera_with_nothing_above_zero_leaves_the_axes_as_they_are(
    shown: Shown, spectrum_document: Callable[..., dict[str, Any]]
) -> None:
    cameras = [camera("PN", [-0.01, -0.02], counts=[50, 50]), camera("M1", [0.03, 0.02], counts=[9, 9])]
    page = shown("spectrum", spectrum_document(cameras=cameras, facts={"net_counts": 20.0}))
    assert switched_on(page) == ["PN"]
    assert 0.02 in numbers(page.evaluate("texts"))
    page.evaluate("texts.length = 0")
    page.set_viewport_size({"width": 900, "height": 900})  # painted again, with nothing to see but the axes
    page.wait_for_function("() => texts.length > 4")
    assert 0.02 in numbers(page.evaluate("texts"))


def test_however_far_it_is_zoomed_in_the_axis_has_numbers(
    shown: Shown, spectrum_document: Callable[..., dict[str, Any]]
) -> None:
    page = shown("spectrum", spectrum_document(cameras=[camera("PN", [0.03, 0.02, 0.01])]))
    zoom = page.get_by_role("button", name="Zoom in")
    for _ in range(6):
        texts = drawn_anew(page, zoom.click)
    assert len([energy for energy in numbers(texts) if 1 < energy < 2]) > 1


def test_the_data_cannot_be_moved_out_of_sight(
    shown: Shown, spectrum_document: Callable[..., dict[str, Any]]
) -> None:
    page = shown("spectrum", spectrum_document(cameras=[camera("PN", [0.03, 0.02, 0.01])]))
    aside = page.get_by_role("button", name="Move right")
    for _ in range(20):
        aside.click()
    texts = drawn_anew(page, page.get_by_role("button", name="Move left").click)
    assert (
        min(energy for energy in numbers(texts) if energy > 0.1) <= 5
    )  # the data end at 4 keV, and a margin
