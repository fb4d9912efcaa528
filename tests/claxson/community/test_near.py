import datetime as dt

import pytest

from claxson.accounts.models import User, Voter
from claxson.community.periods import Period
from claxson.community.selectors import Standing, leaderboard
from claxson.community.selectors import board as read_board
from claxson.voting.models import ActiveDay, VoterRecord

TODAY = dt.date(2026, 11, 26)  # a Thursday


@pytest.fixture
def board(db: None) -> list[Voter]:
    """Nine voters with 9, 8, ... 1 votes, the fourth and fifth with as many as the third."""
    users = [User.objects.create(username=f"v{i}") for i in range(9)]
    voters = [Voter.objects.create(user=user) for user in users]
    for voter, n in zip(voters, [9, 8, 7, 7, 7, 4, 3, 2, 1], strict=True):
        VoterRecord.objects.create(voter=voter, n_votes=n)
        ActiveDay.objects.create(voter=voter, day=TODAY, n_votes=n)
    return voters


def near(voter: Voter, since: dt.date | None = None) -> list[Standing]:
    return read_board(1, since, voter.user).near


def test_three_places_above_and_below_are_shown(board: list[Voter]) -> None:
    assert [one.name for one in near(board[5])] == ["v2", "v3", "v4", "v5", "v6", "v7", "v8"]
    assert [one.name for one in near(board[0])] == ["v0", "v1", "v2", "v3"]


def test_ranks_are_those_of_the_whole_board(board: list[Voter]) -> None:
    whole = {one.name: one.rank for one in leaderboard(100)}
    for voter in board:
        assert {one.name: one.rank for one in near(voter)}.items() <= whole.items()
    assert whole["v4"] == 3


def test_who_has_not_voted_has_no_neighbours(board: list[Voter]) -> None:
    assert near(Voter.objects.create(user=User.objects.create(username="idle"))) == []
    assert read_board(1).near == []


def test_they_are_the_same_of_a_period_as_of_all_time(board: list[Voter]) -> None:
    for voter in board:
        assert near(voter, TODAY) == near(voter)


def test_whoever_is_erased_is_on_no_board(board: list[Voter]) -> None:
    Voter.objects.filter(pk=board[4].pk).update(erased=True, user=None)
    assert [(one.name, one.rank) for one in near(board[5])][:4] == [
        ("v1", 2),
        ("v2", 3),
        ("v3", 3),
        ("v5", 5),
    ]


def test_older_votes_are_not_in_a_shorter_period(board: list[Voter]) -> None:
    ActiveDay.objects.exclude(voter=board[8]).update(day=TODAY - dt.timedelta(days=40))
    since = TODAY - dt.timedelta(days=7)
    assert [(one.name, one.rank, one.n_votes) for one in leaderboard(10, since)] == [("v8", 1, 1)]
    assert near(board[0], since) == []


@pytest.mark.parametrize(("name", "day"), [("month", 1), ("week", 23)])
def test_a_period_begins_with_its_first_day(name: str, day: int) -> None:
    assert Period.named(name).since(TODAY) == dt.date(2026, 11, day)


def test_an_unknown_period_is_all_time() -> None:
    assert Period.named("decade").since(TODAY) is None
