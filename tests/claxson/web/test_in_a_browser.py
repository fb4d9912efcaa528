"""The main pages in a real browser: what people with and without a mouse, light or dark, get to see."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from claxson.voting.models import Vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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
    """Opens a page of the site; at the end nothing may have been reported on the console."""
    reports: list[str] = []

    def open_at(scheme: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=str(live_server),
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
        )
        page = context.new_page()
        page.on("console", lambda message: reports.append(message.text))
        page.on("pageerror", lambda error: reports.append(str(error)))
        return page

    yield open_at
    # A refused form answers 400, which the browser reports as if something had failed to load.
    assert [report for report in reports if "status of 400" not in report] == []


def log_in(page: Page) -> None:
    page.goto("/en/accounts/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("look-at-the-sky")
    page.get_by_role("main").get_by_role("button").click()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] + ["too wide"] * wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_public_pages_have_no_accessibility_fault(
    open_page: Callable[..., Page], seen_source: Source, scheme: str, width: int
) -> None:
    page = open_page(scheme, width)
    for address in (
        "",
        "leaderboard/",
        "accounts/signup/",
        "accounts/login/",
        f"sources/{seen_source.name}/",
    ):
        page.goto(f"/en/{address}")
        assert faults(page) == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_classify_page_has_no_accessibility_fault(
    open_page: Callable[..., Page], user: User, seen_source: Source, scheme: str
) -> None:
    page = open_page(scheme, 320)
    log_in(page)
    expect(page.locator("[data-drawn]")).to_have_count(2)
    assert faults(page) == []


def test_a_vote_takes_two_keys(open_page: Callable[..., Page], user: User, seen_source: Source) -> None:
    page = open_page()
    log_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(seen_source.name)
    expect(page.get_by_label("Keys: 1 to 6")).to_be_visible()  # shown by the script that listens to them
    page.keyboard.press("2")
    expect(page.get_by_label("A star")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is stored")
    assert Vote.objects.get().answer == "star"


def test_keys_can_be_switched_off(open_page: Callable[..., Page], user: User, seen_source: Source) -> None:
    page = open_page()
    log_in(page)
    page.get_by_label("Keys: 1 to 6").uncheck()
    page.reload()
    expect(page.get_by_label("Keys: 1 to 6")).to_be_visible()  # the script has run
    page.keyboard.press("2")
    expect(page.get_by_label("A star")).not_to_be_checked()


def test_digits_in_a_comment_choose_nothing(
    open_page: Callable[..., Page], user: User, seen_source: Source
) -> None:
    page = open_page()
    log_in(page)
    page.get_by_label("Comment").press_sequentially("seen in 2012")
    expect(page.get_by_label("A star")).not_to_be_checked()


def test_a_mistake_takes_the_focus(open_page: Callable[..., Page], user: User, seen_source: Source) -> None:
    page = open_page()
    log_in(page)
    with page.expect_response(lambda response: response.status == 400):
        page.get_by_role("button", name="Send").click()
    expect(page.locator("#problem")).to_be_focused()


def test_voting_needs_no_javascript(
    browser: Browser, live_server: object, user: User, seen_source: Source
) -> None:
    page = browser.new_context(base_url=str(live_server), java_script_enabled=False).new_page()
    log_in(page)
    page.get_by_label("A cataclysmic variable").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("is stored")
    assert Vote.objects.get().answer == "cv"
