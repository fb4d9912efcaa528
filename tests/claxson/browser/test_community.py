"""Comments, collections and notices in a real browser, in both themes, wide and narrow."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.community.models import Collection, Comment, Kept
from claxson.learning.models import ModelVersion, Prediction
from claxson.learning.reasons import Lack, Reason, Reasons
from claxson.voting.models import Notice
from claxson.voting.telling.notices import tell_news
from tests.claxson.browser.pages import faults, log_in

REASONS = Reasons(
    best="agn",
    second="cv",
    log_odds=3.0,
    prior=1.5,
    reasons=(
        Reason(("hr1",), ("spectrum",), 1.9, ("agn", "xrb"), ("star",)),
        Reason(("log_fx_fr", "hr1"), ("multiwavelength", "spectrum"), -0.6, ("cv",), ()),
        *(Reason(("gal_lat_deg",), ("location",), 0.1, (), ("cv",)),) * 3,
    ),
    categories={"location": 0.3, "spectrum": 1.6, "multiwavelength": -0.4, "variability": 0.0},
    lacks=(Lack("hr2", 4.0, could_change=True), Lack("hr3", 0.0, could_change=False)),
)


@pytest.fixture
def closed(
    user: User, voter: Voter, seen_source: Source, vote_on: Callable, crowd_votes: Callable, monkeypatch
) -> Source:
    """A source that Ada answered for, with everything that may stand on its page."""
    vote_on(seen_source, voter, "agn")
    crowd_votes(seen_source, 19)
    tell_news()
    model = ModelVersion.objects.create(sha256="0" * 64, state="serving", created_at="2026-01-01T00Z")
    shares = {"agn": 0.9, "star": 0.04, "xrb": 0.01, "cv": 0.05}
    Prediction.objects.create(source=seen_source, model=model, probabilities=shares, best="agn")
    monkeypatch.setattr("claxson.web.source.reasons_for", lambda features, version: REASONS)
    told = {"source": seen_source, "state": "shown", "written_at": "2026-01-01T00Z", "language": "en"}
    Comment.objects.create(author=User.objects.create(username="vera"), text="A ring?", **told)
    call_command("moderator", "ada")
    return seen_source


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_of_it_has_an_accessibility_fault(
    open_page: Callable[..., Page], closed: Source, user: User, scheme: str, width: int
) -> None:
    kept = Collection.objects.create(owner=user, name="Rings " * 12, made_at="2026-01-01T00Z")
    Kept.objects.create(collection=kept, source=closed, at="2026-01-01T00Z")
    Comment.objects.create(author=user, source=closed, text="?", state="waiting", written_at="2026-01-01T00Z")
    page = open_page(scheme, width)
    log_in(page)
    for address in (f"sources/{closed.name}", "me", "me/notices", f"me/collections/{kept.pk}", "moderation"):
        page.goto(f"/en/{address}/")
        for summary in page.locator("main details > summary").all():
            summary.click()
        assert faults(page) == [], address


def test_a_favourite_is_kept_by_keyboard(open_page: Callable[..., Page], closed: Source) -> None:
    page = open_page()
    log_in(page)
    page.goto(f"/en/sources/{closed.name}/")
    star = page.get_by_role("button", name="Favourite")
    expect(star).to_have_attribute("aria-pressed", "false")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    page.goto("/en/me/")
    page.get_by_role("link", name="Favourites").click()
    expect(page.get_by_role("main").get_by_role("link", name=closed.name)).to_be_visible()


def test_without_scripts_all_of_it_works(open_page: Callable[..., Page], closed: Source) -> None:
    page = open_page(java_script_enabled=False)
    log_in(page)
    page.goto(f"/en/sources/{closed.name}/")
    page.get_by_label("Your comment").fill("A second ring")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("paragraph").filter(has_text="A second ring")).to_be_visible()
    page.get_by_role("button", name="Favourite").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    page.goto("/en/me/notices/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notices: 1 new")).to_have_count(0)


def test_open_notices_are_read(open_page: Callable[..., Page], closed: Source) -> None:
    page = open_page()
    log_in(page)
    page.get_by_role("link", name="Notices: 1 new").click()
    expect(page.get_by_text("You were the first to say so.")).to_be_visible()
    expect(page.locator("#mark-read")).to_be_hidden()
    expect(page.locator(".bell-count")).to_have_count(0)
    assert Notice.objects.get().read_at is not None


def test_a_report_tells_a_moderator_who_hides_the_comment(
    open_page: Callable[..., Page], closed: Source
) -> None:
    page = open_page()
    log_in(page)
    page.goto(f"/en/sources/{closed.name}/")
    page.get_by_text("Report", exact=True).click()
    page.get_by_label("What is wrong with it?").select_option("spam")
    page.get_by_role("button", name="Report it").click()
    page.get_by_role("link", name="Moderation").click()
    page.get_by_label("Reason").fill("advertising")
    page.get_by_role("button", name="Hide it").click()
    expect(page.get_by_text("Nothing waits. Thank you!")).to_be_visible()
    expect(page.get_by_role("button", name="Show it again")).to_be_visible()


def test_hiding_without_a_reason_is_told_in_the_sites_own_words(
    open_page: Callable[..., Page], user: User, closed: Source
) -> None:
    call_command("moderator", "ada")
    Comment.objects.update(state=Comment.State.WAITING)
    page = open_page()
    log_in(page)
    page.goto("/en/moderation/")
    page.get_by_role("button", name="Hide it").first.click()
    expect(page.get_by_role("alert")).to_have_text("To hide a comment, say why: its author reads it.")
    expect(page.get_by_label("Reason").first).to_be_focused()
