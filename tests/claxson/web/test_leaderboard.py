from collections.abc import Callable
from typing import Any

from django.test import Client

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source


def test_people_are_told_from_simulated_voters(
    client: Client, make_source: Callable[..., Source], crowd_votes: Callable[..., None]
) -> None:
    crowd_votes(make_source(), 2)
    page = client.get("/en/leaderboard/").text
    assert page.count("badge-simulated") == 2
    assert "What the columns mean" in page


def test_ones_own_row_is_marked(
    volunteer: Client, user: User, voter: Voter, seen_source: Source, vote_on: Callable[..., object]
) -> None:
    vote_on(seen_source, voter)
    page = volunteer.get("/en/leaderboard/").text
    assert f'{user.username} <span class="badge">you</span>' in page


def test_the_page_takes_three_queries_however_many_voters_there_are(
    client: Client,
    make_source: Callable[..., Source],
    crowd_votes: Callable[..., None],
    django_assert_num_queries: Any,
) -> None:
    crowd_votes(make_source(), 18)
    with django_assert_num_queries(3):
        client.get("/en/leaderboard/")
