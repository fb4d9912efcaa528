"""Every page in every language, both themes, wide and narrow: no accessibility fault, nothing on the console.

A break of the security policy would stand there; `open_page` also sees requests to other hosts.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from tests.claxson.browser.pages import faults, log_in

PUBLIC = [
    "",
    "guide/",
    "tutorial/3/",
    "tutorial/7/?answer=star",
    "leaderboard/",
    "presentation/",
    "astronomers/",
    "privacy/",
]
PUBLIC += ["accounts/login/", "sources/?q=10.0+-5.0", "accounts/password/reset/", "no-such-page/"]
PERSONAL = ["me/", "me/notices/", "account/", "accounts/password/change/"]
pytestmark = [
    pytest.mark.usefixtures("compiled_messages"),
    pytest.mark.parametrize("language", ["en", "fr", "es", "el", "it"]),
    pytest.mark.parametrize("look", [("light", 320), ("dark", 1280)], ids=["light narrow", "dark wide"]),
]


def test_public_pages(
    open_page: Callable[..., Page], seen_source: Source, language: str, look: tuple[str, int]
) -> None:
    page = open_page(*look, refused="404")
    for address in [*PUBLIC, f"sources/{seen_source.name}/"]:
        page.goto(f"/{language}/{address}")
        assert page.locator("html").get_attribute("lang") == language
        assert faults(page) == [], address


def test_pages_of_somebody_logged_in(
    open_page: Callable[..., Page], user: User, seen_source: Source, language: str, look: tuple[str, int]
) -> None:
    page = open_page(*look)
    log_in(page)
    page.goto(f"/{language}/classify/")
    expect(page.locator(".send")).to_be_enabled()
    assert faults(page) == []
    for address in PERSONAL:
        page.goto(f"/{language}/{address}")
        assert faults(page) == [], address
