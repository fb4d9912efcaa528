"""Classifying in a real browser without loading pages: the next source, a lost network, two windows."""

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Product, Source
from claxson.catalogue.store import stored_path
from claxson.voting.models import GoldSource, ProblemReport, QueueEntry, Skip, Vote
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out
from tests.claxson.browser.pages import faults, log_in

Open = Callable[..., Page]
SENDING = "**/classify/vote"


@pytest.fixture
def sources(seen_source: Source, make_source: Callable[..., Source]) -> list[Source]:
    """Four of them, with the same files."""
    others = [make_source(f"4XMM J00000{i}.0+000000") for i in range(1, 4)]
    for other in others:
        for product in seen_source.products.all():
            product.pk, product.source = None, other
            product.save()
    return [seen_source, *others]


@pytest.fixture
def desk(open_page: Open, user: User, sources: list[Source]) -> Page:
    """The classify page, with the other three sources fetched ahead."""
    page = open_page()
    begin(page)
    return page


def begin(page: Page) -> None:
    with page.expect_response(lambda response: response.url.endswith("/part"), timeout=20_000):
        log_in(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".send")).to_be_enabled()


def shown(page: Page) -> str:
    return page.locator("#desk").get_attribute("data-source") or ""


def answer(page: Page, key: str = "2") -> str:
    """Which source was answered; the next one is there."""
    source = shown(page)
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("#desk")).not_to_have_attribute("data-source", source)
    expect(page.locator(".send")).to_be_enabled()
    return source


def waiting(page: Page, n: int) -> None:
    text = f"{n} answer{'s are' if n > 1 else ' is'} waiting to be sent" if n else ""
    expect(page.locator("#waiting")).to_have_text(text)


def test_the_next_source_comes_without_a_new_page(desk: Page, sources: list[Source]) -> None:
    desk.evaluate("() => { window.same = true; }")
    answer(desk)
    assert desk.evaluate("() => window.same")
    assert desk.url.endswith(f"/en/classify/{shown(desk).replace(' ', '%20')}/")
    assert shown(desk) in desk.title()
    expect(desk.locator("#source-name")).to_be_focused()
    expect(desk.locator("[data-drawn]")).to_have_count(2)
    expect(desk.locator("#told")).to_contain_text("is stored")
    expect(desk.locator("#standing")).to_contain_text("4 sources left today")


def test_the_guide_stands_beside_the_evidence_and_the_page_goes_on(desk: Page) -> None:
    desk.get_by_role("link", name="Field guide").click()
    panel = desk.get_by_role("dialog", name="Field guide")
    expect(panel.locator("summary").first).to_be_visible()
    desk.locator("#source-name").click()
    begins = "() => document.querySelector('.evidence').getBoundingClientRect().left"
    assert desk.evaluate(begins) >= panel.evaluate("panel => panel.getBoundingClientRect().right")
    answer(desk)
    expect(panel).to_be_visible()
    assert faults(desk) == []


def test_another_language_shows_the_same_source(desk: Page, compiled_messages: None) -> None:
    answer(desk)
    source = shown(desk)
    desk.get_by_role("link", name="Ελληνικά").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(source)


def test_every_answer_by_keys_alone_until_nothing_is_left(desk: Page, sources: list[Source]) -> None:
    for key in "123":
        answer(desk, key)
    desk.keyboard.press("6")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nothing left to classify")
    expect(desk.locator("#told")).to_contain_text("is stored")
    answers = Vote.objects.order_by("id").values_list("answer", flat=True)
    assert list(answers) == ["agn", "star", "xrb", "unsure"]


def test_the_last_answer_is_taken_back(desk: Page) -> None:
    desk.get_by_label("Comment").fill("a flare?")
    desk.get_by_role("heading", level=1).click()
    source = answer(desk)
    desk.get_by_role("button", name="Take it back").click()
    expect(desk.locator("#messages")).to_contain_text(f"Taken back. You can answer for {source} again.")
    expect(desk.locator("#source-name")).to_contain_text(source)
    expect(desk.locator("#source-name")).to_be_focused()
    expect(desk.get_by_label("Comment")).to_have_value("a flare?")
    expect(desk.locator("input[name=answer]:checked")).to_have_count(0)
    assert Vote.objects.get().withdrawn_why == "undone"


def test_without_a_network_answers_wait_and_go_when_it_is_back(desk: Page) -> None:
    desk.context.set_offline(True)
    answered = {answer(desk), answer(desk)}
    waiting(desk, 2)
    assert Vote.objects.count() == 0
    desk.context.set_offline(False)
    waiting(desk, 0)
    assert set(Vote.objects.values_list("source__name", flat=True)) == answered


def test_when_all_that_was_fetched_is_answered_it_waits_for_the_network(desk: Page) -> None:
    desk.context.set_offline(True)
    for _ in range(3):
        answer(desk)
    desk.keyboard.press("2")
    desk.keyboard.press("Enter")
    expect(desk.locator("#told")).to_contain_text("There is no connection")
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.wait_for_timeout(1_500)
    assert len(asked) < 4  # it waits, and does not hammer
    desk.context.set_offline(False)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nothing left to classify", timeout=15_000)
    assert Vote.objects.count() == 4


def test_waiting_answers_survive_a_reload_and_are_stored_once(desk: Page) -> None:
    for address in (SENDING, "**/api/v1/votes/"):
        desk.route(address, lambda route: route.abort("internetdisconnected"))
    source = answer(desk)
    waiting(desk, 1)
    desk.reload()
    waiting(desk, 1)
    desk.unroute_all()
    desk.evaluate("() => dispatchEvent(new Event('online'))")
    waiting(desk, 0)
    assert Vote.objects.get().source.name == source != shown(desk)


def test_an_answer_whose_reply_was_lost_is_stored_once(desk: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    desk.route(SENDING, lose, times=1)
    answer(desk)
    waiting(desk, 1)
    assert Vote.objects.count() == 1
    desk.evaluate("() => dispatchEvent(new Event('online'))")
    waiting(desk, 0)
    assert Vote.objects.count() == 1


def test_a_refused_answer_is_told_and_dropped(
    open_page: Open, user: User, voter: Voter, sources: list[Source]
) -> None:
    desk = open_page(refused="409")
    begin(desk)
    name = shown(desk)
    held = next(one for one in hand_out(voter=voter) if one.source_name == name)
    cast_vote(ballot=Ballot(held.token, "cv", "6f7d3c5e-5a0c-4e0c-8d52-0a4f1c0a0f01"))  # type: ignore[arg-type]
    answer(desk)
    expect(desk.locator("#told")).to_contain_text("Your first answer stands")
    waiting(desk, 0)
    assert Vote.objects.get().answer == "cv"


def test_two_windows_share_one_voter(desk: Page) -> None:
    other = desk.context.new_page()
    other.goto(desk.url)
    expect(other.locator(".send")).to_be_enabled()
    source = answer(desk)
    expect(other.locator("#told")).to_contain_text(f"You have answered for {source} in another window")
    expect(other.locator("#desk")).not_to_have_attribute("data-source", source)
    expect(desk.locator("#told")).to_contain_text("is stored")
    assert Vote.objects.count() == 1


def test_an_answer_stays_with_who_gave_it_whoever_logs_in(desk: Page, voter: Voter) -> None:
    desk.route(SENDING, lambda route: route.abort("internetdisconnected"))
    source = answer(desk)
    waiting(desk, 1)
    User.objects.create_user("bob", password="look-at-the-sky")
    desk.get_by_role("button", name="Log out").click()
    desk.unroute_all()
    with desk.expect_response("**/api/v1/votes/"):
        log_in(desk, "bob")
    vote = Vote.objects.get()
    assert (vote.source.name, vote.voter) == (source, voter)


def test_nobody_answers_before_the_data_are_there(open_page: Open, user: User, sources: list[Source]) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/products/*", lambda route, _: held.append(route))
    log_in(page)
    expect(page.locator(".send")).to_be_disabled()
    expect(page.locator("#said")).to_contain_text("are being loaded")
    page.keyboard.press("2")
    for route in held:
        route.continue_()
    expect(page.locator(".send")).to_be_enabled()
    expect(page.get_by_label("A star")).not_to_be_checked()


def test_a_source_is_passed_over(desk: Page) -> None:
    source = shown(desk)
    desk.get_by_role("button", name="Skip").click()
    expect(desk.locator("#told")).to_contain_text(f"You passed over {source}")
    expect(desk.locator("#desk")).not_to_have_attribute("data-source", source)
    assert Skip.objects.get().source.name == source


def test_a_broken_picture_does_not_hold_up_the_answers(
    open_page: Open, user: User, sources: list[Source]
) -> None:
    stored_path(Product.objects.filter(kind="cutout")[0].sha256).write_bytes(b"no picture")
    page = open_page()
    log_in(page)
    expect(page.locator(".picture-failed")).to_contain_text("This picture could not be loaded")
    expect(page.locator(".send")).to_be_enabled()
    page.get_by_text("Report a problem", exact=True).click()
    page.get_by_label("A picture is missing").check()
    page.get_by_role("button", name="Report it and go on").click()
    expect(page.locator("#told")).to_contain_text("somebody will look")
    assert ProblemReport.objects.get().reason == "picture"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_after_an_answer_has_no_accessibility_fault(
    open_page: Open, user: User, sources: list[Source], scheme: str
) -> None:
    page = open_page(scheme, 320)
    begin(page)
    page.context.set_offline(True)
    answer(page)
    waiting(page, 1)
    page.get_by_text("Report a problem", exact=True).click()
    assert faults(page) == []
    page.context.set_offline(False)
    waiting(page, 0)
    assert faults(page) == []


def test_on_a_phone_the_answers_lie_under_the_thumb(
    open_page: Open, user: User, sources: list[Source]
) -> None:
    page = open_page(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 700})
    begin(page)
    page.evaluate("() => scrollTo(0, 500)")
    page.locator(".choice", has_text="A star").tap()
    page.get_by_label("I see nothing in the 1st image!").tap()
    page.locator(".send").tap()
    expect(page.locator("#told")).to_contain_text("is stored")
    expect(page.locator("#told")).to_be_in_viewport()
    assert page.locator("[data-key]").evaluate_all("all => all.every(i => i.offsetHeight >= 44)")
    assert Vote.objects.get().nothing_seen


@pytest.mark.parametrize("scrolled", [0, 600])
def test_on_a_laptop_all_answers_and_send_are_in_sight(
    open_page: Open, user: User, sources: list[Source], scrolled: int
) -> None:
    page = open_page(viewport={"width": 1366, "height": 650})
    begin(page)
    page.evaluate(f"() => scrollTo(0, {scrolled})")
    for face in [*page.locator(".choice-face").all(), page.locator(".send")]:
        expect(face).to_be_in_viewport(ratio=1)


def test_skipping_needs_no_javascript(
    browser: Browser, live_server: object, user: User, sources: list[Source]
) -> None:
    page = browser.new_context(base_url=str(live_server), java_script_enabled=False).new_page()
    log_in(page)
    name = shown(page)
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("status").first).to_contain_text(f"You passed over {name}")
    assert shown(page) != name


def test_where_the_browser_forbids_its_store_answers_are_sent_all_the_same(
    open_page: Open, user: User, sources: list[Source]
) -> None:
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('forbidden'); } })"
    )
    begin(page)
    answer(page)
    expect(page.locator("#told")).to_contain_text("is stored")
    assert Vote.objects.count() == 1


@pytest.fixture
def teaching(sources: list[Source], voter: Voter) -> None:
    """The first source to come is one that teaches."""
    QueueEntry.objects.filter(pk=sources[0].pk).delete()
    GoldSource.objects.create(source=sources[0], gold_class="cv", hidden=False)
    hand_out(voter=voter, training=True)


@pytest.fixture
def late(open_page: Open, teaching: None) -> tuple[Page, Callable[[], None]]:
    """The source that teaches, and what lets the next ones come, which are held back until then."""
    page = open_page()
    held: list[Route] = []
    on_time = threading.Event()
    page.route("**/part", lambda route, _: route.continue_() if on_time.is_set() else held.append(route))
    log_in(page)
    expect(page.locator("[data-drawn]")).to_have_count(2)
    expect(page.locator(".send")).to_be_enabled()

    def let_come() -> None:
        on_time.set()
        for route in held:
            route.continue_()

    return page, let_come


def test_what_became_of_a_skip_is_still_told_when_the_next_source_comes(
    late: tuple[Page, Callable[[], None]],
) -> None:
    page, let_come = late
    source = shown(page)
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("#told")).to_contain_text("on its way")
    let_come()
    expect(page.locator("#desk")).not_to_have_attribute("data-source", source)
    expect(page.locator("#told")).to_contain_text(f"You passed over {source}")


def test_a_verdict_stays_when_the_next_source_comes_after_it(late: tuple[Page, Callable[[], None]]) -> None:
    page, let_come = late
    source = shown(page)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("A cataclysmic variable")
    let_come()
    expect(page.locator("#desk")).not_to_have_attribute("data-source", source)
    expect(page.locator("#verdict")).to_contain_text("A cataclysmic variable")
    answer(page)
    expect(page.locator("#verdict")).to_have_count(0)


@pytest.mark.usefixtures("teaching")
def test_a_source_that_teaches_tells_its_class_beside_the_next(open_page: Open) -> None:
    page = open_page()
    begin(page)
    answer(page)
    expect(page.locator("#verdict")).to_contain_text("A cataclysmic variable")
    page.locator("#verdict summary", has_text="Seen on the plot").click()
    expect(page.locator("#verdict [data-drawn] canvas")).to_be_visible()
    assert faults(page) == []
    page.locator("#source-name").click()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_count(0)
    expect(page.locator("#source-name")).to_be_focused()


def test_what_was_fetched_ahead_too_long_ago_is_fetched_again(desk: Page) -> None:
    desk.evaluate("() => { const now = Date.now; Date.now = () => now() + 29 * 60_000; }")
    with desk.expect_response(lambda response: response.url.endswith("/part")):
        answer(desk)
    expect(desk.locator("#told")).to_contain_text("is stored")


def test_another_window_of_somebody_else_loads_the_page_anew(
    open_page: Open, user: User, sources: list[Source]
) -> None:
    """The cookies are another's now: what was fetched ahead is not theirs."""
    desk = open_page(refused="403")
    begin(desk)
    User.objects.create_user("bob", password="look-at-the-sky")
    other = desk.context.new_page()
    other.goto("/en/")
    other.get_by_role("button", name="Log out").click()
    log_in(other, "bob")
    source = shown(desk)
    desk.keyboard.press("2")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.get_by_text("bob")).to_be_visible()
    vote = Vote.objects.get()
    assert (vote.source.name, vote.voter.user.username) == (source, "ada")


def test_while_the_server_cannot_store_answers_the_last_page_stays(
    open_page: Open, user: User, seen_source: Source
) -> None:
    page = open_page(refused="503")
    log_in(page)
    expect(page.locator("[data-drawn]")).to_have_count(2)
    expect(page.locator(".send")).to_be_enabled()
    page.route(SENDING, lambda route: route.fulfill(status=503, body="{}", content_type="application/json"))
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("Your answers are kept here")
    waiting(page, 1)
    page.unroute_all()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing left to classify", timeout=15_000)
    assert Vote.objects.count() == 1
