"""From the first visit to answers that count, as somebody walks it: mostly by keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from claxson.voting.models import GoldSource, Vote, VoterRecord
from tests.claxson.browser.pages import faults

Make = Callable[..., Source]
KEYS = {"agn": "1", "star": "2", "xrb": "3", "cv": "4"}
LEVEL = ".standing-level strong"


@pytest.fixture
def training(make_source: Make) -> None:
    """Enough known sources for votes to need a trained voter."""
    for i in range(44):
        source = make_source(f"GOLD {i:02}", queued=False)
        GoldSource.objects.create(source=source, gold_class=list(KEYS)[i % 4], hidden=False)


@pytest.fixture
def ordinary(make_source: Make, monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """Sources that wait for votes; without the switch nothing else comes."""
    monkeypatch.setattr("claxson.voting.rules.gold.draw", lambda n_votes, u: "")
    return [make_source(f"4XMM J00000{i}.0+000000") for i in range(4)]


def sign_up(page: Page) -> None:
    page.goto("/en/accounts/signup/")
    page.get_by_label("Username").fill("grace")
    page.get_by_label("Password", exact=True).fill("look-at-the-sky")
    page.get_by_label("Password (again)").fill("look-at-the-sky")
    page.keyboard.press("Enter")
    page.wait_for_url("**/classify/**")


def answer(page: Page, key: str = "") -> str:
    """Which source was answered for, with the key of its class where that is known; the next one is there."""
    expect(page.locator(".send")).to_be_enabled()
    source = page.locator("#desk").get_attribute("data-source") or ""
    known = GoldSource.objects.filter(source__name=source).first()
    with page.expect_response("**/classify/vote"):
        page.keyboard.press(key or (KEYS[known.gold_class] if known else "2"))
        page.keyboard.press("Enter")
    expect(page.locator("#desk")).not_to_have_attribute("data-source", source)
    return source


def level(page: Page, name: str) -> None:
    expect(page.locator(LEVEL)).to_have_text(f"{name}:")


@pytest.mark.usefixtures("training")
def test_from_sign_up_to_answers_that_count(open_page: Callable[..., Page], ordinary: list[Source]) -> None:
    # Who ends the training gives back what is being fetched ahead just then.
    page = open_page(refused="404")
    sign_up(page)
    page.goto("/en/tutorial/")
    page.get_by_role("link", name="Leave the tutorial").click()
    level(page, "Discovery")
    assert not _counted(page)
    page.get_by_role("button", name="I'm training").click()
    for n in range(20):
        level(page, "Discovery" if n < 4 else "Training")
        assert answer(page).startswith("GOLD")
    level(page, "Achievement")
    page.get_by_role("button", name="I'm training").click()
    assert _counted(page)
    assert VoterRecord.objects.get().level == 2


def _counted(page: Page) -> bool:
    source = answer(page)
    assert source.startswith("4XMM")
    return Vote.objects.get(source__name=source).counted


def test_answers_without_an_account_come_along(
    open_page: Callable[..., Page], ordinary: list[Source]
) -> None:
    page = open_page()
    page.goto("/en/classify/")
    answered = {answer(page), answer(page)}
    page.get_by_role("navigation").get_by_role("link", name="Sign up").click()
    expect(page.get_by_text("You have given 2 answers in this browser.")).to_be_visible()
    assert faults(page) == []
    sign_up(page)
    expect(page.locator("#messages")).to_contain_text("The 2 answers you gave before are kept")
    assert answer(page) not in answered
    assert set(Vote.objects.values_list("voter__user__username", flat=True)) == {"grace"}
    assert Vote.objects.count() == 3
    assert User.objects.get().voter.record.n_votes == 3
