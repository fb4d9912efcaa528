"""Answers given without an account, and the account they come to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from claxson.accounts.models import User, Voter
from claxson.accounts.visitors import COOKIE
from claxson.catalogue.models import Source
from claxson.voting.models import Vote

SIGN_UP = "/en/accounts/signup/"
NEW = {"username": "grace", "password1": "look-at-the-sky", "password2": "look-at-the-sky"}
OLD = {"login": "ada", "password": "look-at-the-sky"}


@pytest.fixture
def visitor(client: Client, make_source: Callable[..., Source], vote_on: Any) -> Client:
    """A browser in which somebody without an account has answered for two sources."""
    sources = [make_source(f"4XMM J00000{i}.0+000000") for i in range(3)]
    client.get("/en/classify/")
    for source in sources[:2]:
        vote_on(source, Voter.objects.get())
    return client


def test_the_page_promises_what_will_be_kept(visitor: Client) -> None:
    promise = "You have given 2 answers in this browser. They will be kept, and be yours."
    assert promise in visitor.get(SIGN_UP).text
    assert promise in visitor.get("/en/accounts/login/").text
    assert "in this browser" not in Client().get(SIGN_UP).text


def test_signing_up_keeps_them_and_says_so_on_whatever_page_comes_next(visitor: Client) -> None:
    page = visitor.post(SIGN_UP, {**NEW, "next": "/en/me/"}, follow=True)
    assert "The 2 answers you gave before are kept: they are yours now." in page.text
    assert '<p class="big">2</p>' in page.text
    assert Voter.objects.get().user == User.objects.get()
    assert visitor.cookies[COOKIE].value == ""


def test_logging_in_tells_how_many_are_new(visitor: Client, user: User, voter: Voter, vote_on: Any) -> None:
    vote_on(Vote.objects.earliest("id").source, voter)
    page = visitor.post("/en/accounts/login/", OLD, follow=True).text
    assert "The 1 answer you gave before is kept: it is yours now." in page
    assert Vote.objects.filter(voter=voter, withdrawn_at=None).count() == 2


def test_who_has_given_none_is_told_nothing(client: Client, make_source: Callable[..., Source]) -> None:
    make_source()
    client.get("/en/classify/")
    assert "you gave before" not in client.post(SIGN_UP, NEW, follow=True).text
