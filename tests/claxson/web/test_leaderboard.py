from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.community.periods import Period
from claxson.voting.models import ActiveDay, VoterRecord


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


@pytest.fixture
def board(db: None) -> list[Voter]:
    """Thirty simulated voters with 130, 129, ... votes, all right on 18 of 20 gold sources."""
    voters = [Voter.objects.create(simulated_name=f"crowd {i}") for i in range(30)]
    for i, one in enumerate(voters):
        VoterRecord.objects.create(voter=one, n_votes=130 - i, n_gold=20, n_right=18)
    return voters


def test_how_sure_the_success_rate_is_stands_below_it(client: Client, board: list[Voter]) -> None:
    page = client.get("/en/leaderboard/").text
    assert page.count('90.0% <span class="quiet interval">70\N{EN DASH}97%</span>') == 20


@pytest.mark.parametrize(("n_votes", "near"), [(125, False), (119, True), (105, True)])
def test_ones_own_place_is_shown_above_where_one_would_have_to_look_for_it(
    volunteer: Client, voter: Voter, board: list[Voter], n_votes: int, near: bool
) -> None:
    VoterRecord.objects.create(voter=voter, n_votes=n_votes)
    page = volunteer.get("/en/leaderboard/").text
    assert ("<h2>Near you</h2>" in page) is near
    assert '<span class="badge">you</span>' in page


@pytest.fixture
def crowded(db: None) -> None:
    """More voters than are shown, today, each with more votes than the one before."""
    voters = Voter.objects.bulk_create(Voter(simulated_name=f"v{i}") for i in range(120))
    VoterRecord.objects.bulk_create(VoterRecord(voter=v, n_votes=10 + i) for i, v in enumerate(voters))
    today = timezone.now().date()
    ActiveDay.objects.bulk_create(ActiveDay(voter=v, day=today, n_votes=10 + i) for i, v in enumerate(voters))


@pytest.mark.usefixtures("crowded")
def test_the_page_takes_two_queries_however_many_voters_there_are(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        client.get("/en/leaderboard/")


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("n_votes", [0, 12, 500])
def test_it_takes_five_queries_for_whoever_is_logged_in(
    volunteer: Client, voter: Voter, period: Period, n_votes: int, django_assert_max_num_queries: Any
) -> None:
    VoterRecord.objects.create(voter=voter, n_votes=n_votes)
    ActiveDay.objects.create(voter=voter, day=timezone.now().date(), n_votes=n_votes)
    with django_assert_max_num_queries(5):
        page = volunteer.get(f"/en/leaderboard/?period={period}").text
    assert ("Near you" in page) == (n_votes == 12)
    assert ('<span class="badge">you</span>' in page) == (n_votes > 0)
