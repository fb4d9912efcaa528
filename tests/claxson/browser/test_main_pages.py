"""The main pages in a real browser: what people with and without a mouse, light or dark, get to see."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.voting.models import ActiveDay, Vote, VoterRecord
from tests.claxson.browser.pages import faults, log_in


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
    expect(page.locator("[data-drawn]")).to_have_count(2)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.keyboard.press("2")
    expect(page.get_by_label("A star")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("is stored")
    assert Vote.objects.get().answer == "star"


def test_keys_can_be_switched_off(open_page: Callable[..., Page], user: User, seen_source: Source) -> None:
    page = open_page()
    log_in(page)
    page.get_by_label("Keys: 1 to 6").uncheck()
    page.reload()
    expect(page.get_by_label("Keys: 1 to 6")).to_be_visible()  # the script has run
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
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
    expect(page.locator("[data-drawn]")).to_have_count(2)
    page.get_by_role("button", name="Send").click()  # waits until it may
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer")
    expect(page.get_by_label("An AGN")).to_be_focused()


def test_the_front_pages_counters_stay_true_while_it_is_looked_at(
    open_page: Callable[..., Page], seen_source: Source, crowd_votes: Callable[..., None]
) -> None:
    cache.clear()
    page = open_page()
    page.clock.install()
    page.goto("/en/")
    expect(page.locator("[data-counter=votes]")).to_have_text("0")
    crowd_votes(seen_source, 3)
    page.clock.fast_forward(20_000)
    expect(page.locator("[data-counter=votes]")).to_have_text("0")
    page.clock.fast_forward(11_000)
    expect(page.locator("[data-counter=votes]")).to_have_text("3")
    assert page.locator("#counters [aria-live], #counters [role=status]").count() == 0


def test_voting_needs_no_javascript(
    browser: Browser, live_server: object, user: User, seen_source: Source
) -> None:
    page = browser.new_context(base_url=str(live_server), java_script_enabled=False).new_page()
    log_in(page)
    page.get_by_label("A cataclysmic variable").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#messages")).to_contain_text("is stored")
    assert Vote.objects.get().answer == "cv"


@pytest.mark.usefixtures("compiled_messages")
@pytest.mark.parametrize("language", ["en", "fr", "es", "el", "it"])
def test_no_column_of_the_leaderboard_is_cut_off_on_a_phone(
    open_page: Callable[..., Page], db: None, language: str
) -> None:
    for name in ("a volunteer of thirty letters", "crowd-12"):
        voter = Voter.objects.create(simulated_name=name)
        VoterRecord.objects.create(voter=voter, n_votes=121_561, n_gold=20, n_right=18)
        days = [timezone.now().date() - dt.timedelta(days=i) for i in range(120)]
        ActiveDay.objects.bulk_create(ActiveDay(voter=voter, day=day, n_votes=1) for day in days)
    page = open_page("light", 360)
    page.goto(f"/{language}/leaderboard/")
    board = page.locator(".table-scroll").first
    assert board.evaluate("one => one.scrollWidth - one.clientWidth") == 0


def test_on_a_phone_the_menu_is_a_sheet_for_keys_and_fingers(
    open_page: Callable[..., Page], seen_source: Source
) -> None:
    page = open_page(width=360)
    page.goto("/en/leaderboard/")
    menu = page.get_by_role("navigation", name="Main navigation")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(menu).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Tutorial").click()
    expect(page).to_have_url(re.compile("/en/tutorial/"))
