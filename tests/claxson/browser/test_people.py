"""One's own page and the verdict in a real browser, in both themes, wide and narrow."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.voting.models import GoldSource, QueueEntry
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out
from tests.claxson.browser.pages import faults, log_in


@pytest.fixture
def trainee(user: User, voter: Voter, seen_source: Source, make_source: Callable[..., Source]) -> Voter:
    """Somebody before a training source that is an AGN, with another to follow."""
    QueueEntry.objects.filter(pk=seen_source.pk).delete()
    GoldSource.objects.create(source=seen_source, gold_class="agn", hidden=False)
    source = make_source("4XMM J000000.2+000000")
    (held,) = hand_out(voter=voter, only=[source.pk])
    cast_vote(ballot=Ballot(held.token, "star", uuid.uuid4()))
    other = make_source("4XMM J000000.3+000000", queued=False)
    GoldSource.objects.create(source=other, gold_class="agn", hidden=False)
    return voter


def answer_gold(page: Page) -> None:
    """Train, answer on a source that teaches, and see the page after it."""
    page.goto("/en/classify/")
    page.get_by_role("button", name="I'm training").click()
    page.locator("#answer-star").check()
    page.locator(".send").click()
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.locator("#ballot")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_verdict_and_ones_own_page_have_no_accessibility_fault(
    open_page: Callable[..., Page], trainee: Voter, scheme: str, width: int
) -> None:
    page = open_page(scheme, width)
    log_in(page)
    answer_gold(page)
    assert faults(page) == []
    page.goto("/en/me/")
    assert faults(page) == []


def test_enter_goes_on_and_the_answers_stay_where_they_are(
    open_page: Callable[..., Page], trainee: Voter
) -> None:
    page = open_page()
    log_in(page)
    answer_gold(page)
    before = page.locator("#answers").bounding_box()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_count(0)
    assert page.locator("#answers").bounding_box() == before
    expect(page.locator("#source-name")).to_be_focused()


def test_the_browsers_time_zone_is_proposed_and_stored_only_when_saved(
    open_page: Callable[..., Page], trainee: Voter
) -> None:
    page = open_page(timezone_id="Europe/Athens")
    log_in(page)
    page.goto("/en/me/")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Athens")
    trainee.record.refresh_from_db()
    assert trainee.record.time_zone == "UTC"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()
    trainee.record.refresh_from_db()
    assert trainee.record.time_zone == "Europe/Athens"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_a_visitor_takes_their_data_along_and_is_forgotten(
    open_page: Callable[..., Page], seen_source: Source, scheme: str, width: int
) -> None:
    page = open_page(scheme, width)
    page.goto("/en/classify/")
    page.goto("/en/account/")
    page.get_by_role("button", name="Forget me for ever").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download your data").click()
    assert download.value.suggested_filename == "claxson.zip"
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Forget me for ever").click()
    expect(page.get_by_text("What was kept about you is erased.")).to_be_visible()
