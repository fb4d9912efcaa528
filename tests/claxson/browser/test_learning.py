"""What people do with pictures, plots, the field guide and the tutorial in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from claxson.catalogue.models import Product, Source
from claxson.catalogue.store import stored_path
from claxson.voting.models import Label
from tests.claxson.browser.pages import faults

PAGES = (
    "guide",
    *(f"tutorial/{number}" for number in range(1, 9)),
    "presentation",
    "project",
    "about",
    "astronomers",
    "contact",
    "privacy",
    "leaderboard",
)


@pytest.fixture
def example(seen_source: Source, add_product: Callable[..., Product]) -> Source:
    """A source with all products, two of them from the same observation's other forms, and a class."""
    picture = seen_source.products.get(kind="cutout")
    sky = {"role": "sky", "view": "optical", "sha256": picture.sha256, "fov_arcmin": 2.5, "survey": "test"}
    bands = [{"role": "band", "sha256": picture.sha256, "energy_kev": [n, n + 1]} for n in (1, 2, 3)]
    picture.meta["variants"] = [sky, *bands]
    picture.save()
    for key in ("agn", "star"):
        other = seen_source if key == "agn" else _twin(seen_source)
        Label.objects.create(source=other, source_class=key, original_class=key, provenance="test")
    return seen_source


def _twin(source: Source) -> Source:
    """Another source of the same observation, with the same files."""
    twin = Source.objects.create(name="4XMM J9", origin="test", ra_deg=1.0, dec_deg=1.0)
    for product in source.products.all():
        product.pk, product.source = None, twin
        product.save()
    return twin


def picture_of(figure: Locator) -> str:
    expect(figure.locator("[data-drawn]")).to_be_visible()
    return str(figure.locator("canvas").evaluate("c => c.toDataURL()"))


def becomes(figure: Locator, wanted: Callable[[str], bool]) -> str:
    """Plots are painted in the next frame."""
    for _ in range(50):
        if wanted(picture_of(figure)):
            break
        figure.page.wait_for_timeout(100)
    assert wanted(picture_of(figure))
    return picture_of(figure)


def view_box(page: Page, which: int) -> str | None:
    return page.locator(".sky").nth(which).get_attribute("viewBox")


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_pages_to_read_have_no_accessibility_fault(
    open_page: Callable[..., Page], example: Source, scheme: str, width: int
) -> None:
    page = open_page(scheme, width)
    for address in PAGES:
        page.goto(f"/en/{address}/")
        assert faults(page) == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_guide_has_no_accessibility_fault(
    open_page: Callable[..., Page], example: Source, scheme: str
) -> None:
    page = open_page(scheme)
    page.goto("/en/privacy/")
    page.get_by_role("link", name="Field guide").click()
    page.get_by_role("dialog").locator("summary").first.click()
    assert faults(page) == []


def test_the_guide_opens_beside_the_page_and_escape_leads_back(
    open_page: Callable[..., Page], example: Source
) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    link = page.get_by_role("link", name="Field guide")
    link.click()
    panel = page.get_by_role("dialog", name="Field guide")
    panel.get_by_text("A cataclysmic variable").click()
    expect(panel.get_by_text("white dwarf")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()


def test_all_pictures_are_zoomed_and_moved_together(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    page.get_by_label("\N{MULTIPLICATION SIGN}2").check()
    assert view_box(page, 0) == view_box(page, 1) == "50 50 100 100"
    page.locator(".figure-cutout").get_by_label("Move", exact=True).check()
    page.locator("[data-move=right]").click()
    assert view_box(page, 0) == view_box(page, 1) == "75 50 100 100"


def test_the_wheel_scrolls_the_page_until_move_is_on(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    page.locator(".sky").first.hover()
    page.mouse.wheel(0, 100)
    page.wait_for_function("scrollY > 0")
    assert view_box(page, 0) == "0 0 200 200"
    page.locator(".figure-cutout").get_by_label("Move", exact=True).check()
    page.locator(".sky").first.hover()
    page.mouse.wheel(0, -200)
    expect(page.locator(".sky").first).not_to_have_attribute("viewBox", "0 0 200 200")


def test_a_moved_picture_obeys_the_keys(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    page.get_by_label("\N{MULTIPLICATION SIGN}2").check()
    page.locator(".figure-cutout").get_by_label("Move", exact=True).check()
    page.locator(".sky").first.focus()
    page.keyboard.press("ArrowDown")
    assert view_box(page, 1) == "50 75 100 100"


def test_a_single_band_takes_the_place_of_the_picture(
    open_page: Callable[..., Page], example: Source
) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    expect(page.locator(".band-2")).to_have_css("visibility", "hidden")
    page.get_by_label("2\N{EN DASH}3 keV").check()
    expect(page.locator(".band-2")).to_have_css("visibility", "visible")


@pytest.mark.parametrize("address", ["sources/4XMM J9", "guide"])
def test_a_broken_picture_is_said_on_every_page_and_hidden(
    open_page: Callable[..., Page], example: Source, address: str
) -> None:
    stored_path(example.products.get(kind="cutout").sha256).write_bytes(b"no picture")
    page = open_page()
    page.goto(f"/en/{address}/")
    expect(page.locator(".panel-xray .picture-failed").first).to_contain_text("could not be loaded")
    expect(page.locator("image:visible")).to_have_count(0)


@pytest.mark.parametrize(("width", "largest", "least"), [(1280, 320, 150), (768, 240, 150), (360, 280, 150)])
def test_pictures_are_large_enough_to_look_at(
    open_page: Callable[..., Page], example: Source, width: int, largest: int, least: int
) -> None:
    picture = example.products.get(kind="cutout")
    sky = picture.meta["variants"][0]
    picture.meta["variants"] += [sky | {"view": view} for view in ("ultraviolet", "infrared")]
    picture.save()
    page = open_page(width=width)
    page.goto(f"/el/classify/{example.name}/")
    first, *others = [box.bounding_box()["width"] for box in page.locator(".pane").all()]
    assert first >= largest
    assert len(others) == 3
    assert min(others) >= least


def test_two_examples_of_one_observation_are_switched_apart(
    open_page: Callable[..., Page], example: Source
) -> None:
    page = open_page()
    page.goto("/en/guide/")
    page.locator(".example").nth(1).get_by_label("\N{MULTIPLICATION SIGN}4").check()
    checked = page.locator(".example").nth(0).locator('[name^="zoom"]:checked')
    expect(checked).to_have_value("1")


def test_a_plot_is_switched_between_linear_and_logarithmic(
    open_page: Callable[..., Page], example: Source
) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    spectrum = page.locator(".figure-spectrum")
    expect(spectrum.locator("[data-drawn]")).to_be_visible()
    before = spectrum.locator("canvas").evaluate("c => c.toDataURL()")
    spectrum.get_by_label("Logarithmic").uncheck()
    assert spectrum.locator("canvas").evaluate("c => c.toDataURL()") != before
    expect(spectrum.locator("canvas")).to_have_count(1)


def test_the_mouse_moves_a_plot_once_move_is_on(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    curve = page.locator(".figure-lightcurve")
    before = picture_of(curve)
    curve.get_by_label("Move", exact=True).check()
    plot = curve.locator(".u-over")
    plot.scroll_into_view_if_needed()
    plot.drag_to(plot, source_position={"x": 100, "y": 50}, target_position={"x": 160, "y": 50})
    moved = becomes(curve, lambda picture: picture != before)
    plot.hover()
    page.mouse.wheel(0, -200)
    becomes(curve, lambda picture: picture != moved)


def test_a_plot_reaches_as_high_as_the_cameras_that_are_shown(
    open_page: Callable[..., Page],
    seen_source: Source,
    add_product: Callable[..., Product],
    lightcurve_document: Callable[..., dict[str, Any]],
) -> None:
    page = open_page()
    page.goto(f"/en/sources/{seen_source.name}/")
    alone = picture_of(page.locator(".figure-lightcurve"))
    document = lightcurve_document()
    document["cameras"].append(document["cameras"][0] | {"camera": "PN", "rate": [9.0, None]})
    seen_source.products.filter(kind="lightcurve").delete()
    add_product(seen_source, "lightcurve", document)
    page.reload()
    curve = page.locator(".figure-lightcurve")
    assert picture_of(curve) != alone
    curve.locator(".camera-PN input").uncheck(force=True)
    becomes(curve, lambda picture: picture == alone)


def test_a_plot_obeys_the_keys(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page()
    page.goto(f"/en/sources/{example.name}/")
    plot = page.locator(".figure-lightcurve [data-drawn]")
    before = plot.locator("canvas").evaluate("c => c.toDataURL()")
    plot.focus()
    page.keyboard.press("+")
    page.wait_for_function(
        "before => document.querySelector('.figure-lightcurve canvas').toDataURL() !== before", arg=before
    )


def test_the_tutorial_is_resumed_where_it_was_left(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page()
    page.goto("/en/tutorial/")
    for title in ("The pictures", "The spectrum"):
        page.get_by_role("link", name="Next").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto("/en/tutorial/")
    page.get_by_role("link", name="Go on where you left off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The spectrum")


def test_tutorial_and_guide_need_no_javascript(open_page: Callable[..., Page], example: Source) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/en/tutorial/1/")
    for _ in range(7):
        page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Begin!")).to_be_visible()
    page.get_by_role("link", name="Field guide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Field guide")


def middle(page: Page, selector: str) -> dict[str, float]:
    page.locator(selector).first.scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}


def pinch(page: Page, selector: str) -> None:
    place = middle(page, selector) | {"scaleFactor": 2.0}
    session = page.context.new_cdp_session(page)
    session.send("Input.synthesizePinchGesture", place | {"gestureSourceType": "touch"})


def swipe_up(page: Page, selector: str) -> None:
    place, session = middle(page, selector), page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    for way in range(25, 225, 25):
        moved = place | {"y": place["y"] - way}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def phone(open_page: Callable[..., Page], source: Source) -> Page:
    page = open_page(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 700})
    page.goto(f"/en/sources/{source.name}/")
    expect(page.locator("[data-drawn]")).to_have_count(2)
    return page


@pytest.mark.parametrize("selector", [".figure-spectrum .u-over", ".sky"])
def test_a_finger_scrolls_the_page_over_plots_and_pictures(
    open_page: Callable[..., Page], example: Source, selector: str
) -> None:
    page = phone(open_page, example)
    page.locator(selector).first.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    swipe_up(page, selector)
    page.wait_for_function("before => scrollY > before + 100", arg=before)


def test_two_fingers_zoom_the_pictures_once_move_is_on(
    open_page: Callable[..., Page], example: Source
) -> None:
    page = phone(open_page, example)
    page.locator(".figure-cutout").get_by_label("Move", exact=True).check()
    pinch(page, ".sky")
    expect(page.locator(".sky").nth(1)).not_to_have_attribute("viewBox", "0 0 200 200")


def test_two_fingers_zoom_a_plot(open_page: Callable[..., Page], example: Source) -> None:
    page = phone(open_page, example)
    canvas = page.locator(".figure-spectrum canvas")
    before = canvas.evaluate("c => c.toDataURL()")
    pinch(page, ".figure-spectrum .u-over")
    page.wait_for_function(
        "before => document.querySelector('.figure-spectrum canvas').toDataURL() !== before", arg=before
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_the_tutorial_asks_and_tells_whether_it_is_right(
    open_page: Callable[..., Page], example: Source, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto("/en/tutorial/7/")
    page.get_by_role("button", name="Is it right?").click()
    expect(page.locator("#told")).to_have_count(0)  # the browser asks for a choice
    page.get_by_label("A star").check()
    page.get_by_role("button", name="Is it right?").click()
    expect(page.locator("#told")).to_contain_text(f"Not this time: {example.name} is known: An AGN.")
    expect(page.locator("#told")).to_be_in_viewport()
    assert page.url.endswith("?answer=star#told")
