"""A real browser before the site: what people with and without a mouse, light or dark, get to see."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).parent
PATIENCE_MS = 20_000  # of a test on a machine that others use, too
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs Chromium, and a database that the live server can see."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(autouse=True)
def _orm_beside_playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's loop runs in this thread, which Django would take for asynchronous code."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM)
        yield browser
        browser.close()
        connections.close_all()  # beside Playwright's loop Django opens connections that nobody else closes


@pytest.fixture
def open_page(browser: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """Opens a page; at the end nothing may have been reported, and no other site asked for anything."""
    reports: list[str] = []
    # The browser reports a refused form (400), and what was asked for without a network, as failures to load.
    expected = ["status of 400", "ERR_INTERNET_DISCONNECTED"]
    own = [str(live_server), "blob:", "data:"]

    def open_at(
        scheme: str = "light", width: int = 1280, *, refused: str = "", other: str = "", **options: Any
    ) -> Page:
        expected.extend([f"status of {refused}"] if refused else [])
        own.extend([other] if other else [])
        wanted = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, **options}
        page = browser.new_context(base_url=str(live_server), **wanted).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: reports.append(message.text))
        page.on("pageerror", lambda error: reports.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith(tuple(own)) or reports.append(r.url),
        )
        return page

    yield open_at
    assert [report for report in reports if not any(one in report for one in expected)] == []
