"""The sky atlas of the CDS, for which a stand-in of three lines is served here."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from claxson.catalogue.models import Source
from tests.claxson.browser.pages import faults

CDS = "https://aladin.cds.unistra.fr/**"
STAND_IN = """
window.A = { init: Promise.resolve(), catalogFromSimbad: () => null,
             aladin: (where, wanted) => { where.textContent = wanted.target; return { addCatalog() {} }; } };
"""


@pytest.fixture
def page(open_page: Callable[..., Page], seen_source: Source, settings: Any) -> Page:
    settings.ALADIN = True
    page = open_page(refused="403", other="https://aladin.cds.unistra.fr/")
    page.goto(f"/en/sources/{seen_source.name}/aladin/")
    return page


def test_it_comes_when_it_is_asked_for(page: Page, seen_source: Source) -> None:
    asked: list[str] = []
    page.route(CDS, lambda route: (asked.append(route.request.url), route.fulfill(body=STAND_IN)))
    assert faults(page) == []
    assert asked == []
    page.get_by_role("button", name="Load Aladin Lite").click()
    expect(page.locator("#aladin")).to_have_text(f"{seen_source.ra_deg} {seen_source.dec_deg}")
    assert len(asked) == 1


def test_a_failure_is_said_and_can_be_tried_again(page: Page) -> None:
    page.route(CDS, lambda route: route.fulfill(status=403))
    page.get_by_role("button", name="Load Aladin Lite").click()
    expect(page.get_by_role("status")).to_contain_text("could not be loaded")
    expect(page.get_by_role("button", name="Load Aladin Lite")).to_be_enabled()
