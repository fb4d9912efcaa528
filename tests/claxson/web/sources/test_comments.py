"""Comments and moderation as pages."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from claxson.community.models import TEXT_LENGTH, Comment


@pytest.fixture
def closed(make_source: Callable[..., Source], crowd_votes: Callable[..., None]) -> Source:
    source = make_source()
    crowd_votes(source, 20)
    return source


@pytest.fixture
def moderator(db: None) -> Client:
    mona = User.objects.create_user("mona")
    call_command("moderator", "mona")
    client = Client()
    client.force_login(mona)
    return client


def write(client: Client, source: Source, text: str = "<b>see</b> http://example.org\nA ring") -> str:
    return client.post(f"/en/sources/{source.name}/comment", {"text": text}, follow=True).text


def shown(source: Source) -> str:
    return Client().get(f"/en/sources/{source.name}/").text


def test_plain_text_stays_plain_and_waits_for_a_moderator(
    volunteer: Client, moderator: Client, closed: Source
) -> None:
    assert "a moderator reads it before others do" in write(volunteer, closed)
    assert "A ring" not in shown(closed)
    comment = Comment.objects.get()
    assert "A ring" in moderator.get("/en/moderation/").text
    decided = moderator.post(f"/en/moderation/{comment.pk}", {"decision": "show"}, follow=True)
    assert "Everybody can read the comment." in decided.text
    page = shown(closed)
    assert "&lt;b&gt;see&lt;/b&gt; http://example.org<br>A ring" in page
    assert 'href="http://example.org' not in page


def test_who_has_not_answered_neither_reads_nor_writes(volunteer: Client, make_source) -> None:
    source = make_source()
    page = volunteer.post(f"/en/sources/{source.name}/comment", {"text": "AGN!"})
    assert page.status_code == 409
    assert "for those who have answered for it" in page.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * (TEXT_LENGTH + 1)])
def test_what_is_blank_or_too_long_is_not_stored(volunteer: Client, closed: Source, text: str) -> None:
    page = volunteer.post(f"/en/sources/{closed.name}/comment", {"text": text})
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    assert "<title>Error:" in page.text
    assert not Comment.objects.exists()


def test_its_author_edits_and_withdraws_it(volunteer: Client, closed: Source) -> None:
    write(volunteer, closed)
    pk = Comment.objects.get().pk
    assert "two rings" in volunteer.post(f"/en/comments/{pk}/edit", {"text": "two rings"}, follow=True).text
    assert "is withdrawn" in volunteer.post(f"/en/comments/{pk}/withdraw", follow=True).text
    assert Comment.objects.get().text == ""


def test_somebody_else_reports_it_and_cannot_change_it(
    volunteer: Client, moderator: Client, closed: Source
) -> None:
    write(volunteer, closed)
    comment = Comment.objects.get()
    moderator.post(f"/en/moderation/{comment.pk}", {"decision": "show"})
    other = Client()
    other.force_login(User.objects.create_user("vera"))
    assert "not yours" in other.post(f"/en/comments/{comment.pk}/edit", {"text": "x"}, follow=True).text
    reported = other.post(f"/en/comments/{comment.pk}/report", {"why": "private"}, follow=True).text
    assert "You have reported it." in reported
    assert "It tells something private about a person" in moderator.get("/en/moderation/").text


def test_hiding_needs_a_reason_that_the_author_reads(
    volunteer: Client, moderator: Client, closed: Source
) -> None:
    write(volunteer, closed)
    address = f"/en/moderation/{Comment.objects.get().pk}"
    refused = moderator.post(address, {"decision": "hide"})
    assert refused.status_code == 400
    assert "To hide a comment, say why: its author reads it." in refused.text
    decided = moderator.post(address, {"decision": "hide", "reason": "a telephone number"}, follow=True)
    assert "The comment is hidden; its author reads why." in decided.text
    assert "a telephone number" in volunteer.get(f"/en/sources/{closed.name}/").text
    assert "A ring" not in shown(closed)
    assert "Show it again" in moderator.get("/en/moderation/").text


def test_moderation_is_for_moderators(volunteer: Client, client: Client, closed: Source) -> None:
    assert volunteer.get("/en/moderation/").status_code == 403
    assert Client().get("/en/moderation/")["Location"].startswith("/en/accounts/login/?next=/en/moderation/")


def test_whoever_must_log_in_comes_back_to_the_source(db: None, closed: Source) -> None:
    page = f"http://testserver/en/sources/{closed.name}/"
    answer = Client().post(f"{page}comment", {"text": "x"}, headers={"referer": page})
    assert "next=http%3A//testserver/en/sources/" in answer["Location"]
    away = Client().post(f"{page}comment", {"text": "x"}, headers={"referer": "http://elsewhere.org/"})
    assert away["Location"].endswith("next=/en/")


def test_the_moderators_page_takes_as_many_queries_however_long_it_is(
    volunteer: Client, moderator: Client, closed: Source, django_assert_num_queries
) -> None:
    for i in range(5):
        write(volunteer, closed, f"comment {i}")
    with django_assert_num_queries(10):
        moderator.get("/en/moderation/")
