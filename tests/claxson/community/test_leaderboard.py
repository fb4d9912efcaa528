from collections.abc import Callable
from typing import Any

import pytest

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.community.selectors import counters, has_simulated_votes, leaderboard, standing_of
from claxson.voting.models import GoldSource

Make = Callable[..., Source]
Vote = Callable[..., object]


@pytest.fixture
def make_gold(make_source: Make) -> Make:
    def make(name: str, gold_class: str = "agn") -> Source:
        source = make_source(name, queued=False)
        GoldSource.objects.create(source=source, gold_class=gold_class, hidden=False)
        return source

    return make


def test_a_voter_without_votes_has_no_rate_and_is_not_on_the_board(voter: Voter) -> None:
    assert standing_of(voter).success_rate is None
    assert leaderboard() == []


def test_only_sources_of_known_class_are_judged(voter: Voter, make_source: Make, vote_on: Vote) -> None:
    vote_on(make_source(), voter)
    assert (standing_of(voter).n_votes, standing_of(voter).success_rate) == (1, None)


def test_the_success_rate_is_that_on_gold(voter: Voter, make_gold: Make, answer_gold: Vote) -> None:
    answer_gold(make_gold("A"), voter, "agn")
    answer_gold(make_gold("B"), voter, "star")
    assert standing_of(voter).success_rate == 0.5


def test_not_knowing_is_never_judged(voter: Voter, make_gold: Make, answer_gold: Vote) -> None:
    answer_gold(make_gold("A"), voter, "unsure")
    assert standing_of(voter).success_rate is None


def test_equal_numbers_share_a_rank(
    voter: Voter, make_source: Make, crowd_votes: Callable[..., None], vote_on: Vote
) -> None:
    for name in "AB":
        vote_on(make_source(name), voter)
    crowd_votes(Source.objects.first(), 2)
    assert [(s.rank, s.n_votes, s.simulated) for s in leaderboard()] == [
        (1, 2, False),
        (2, 1, True),
        (2, 1, True),
    ]


def test_the_board_takes_one_query_however_long_it_is(
    make_source: Make, crowd_votes: Callable[..., None], django_assert_num_queries: Any
) -> None:
    crowd_votes(make_source(), 12)
    with django_assert_num_queries(1):
        assert len(leaderboard()) == 12


def test_the_counters_tell_open_from_decided_and_admit_simulated_votes(
    make_source: Make, crowd_votes: Callable[..., None]
) -> None:
    make_source("A")
    crowd_votes(make_source("B"), 20)
    shown = counters()
    assert (shown.n_votes, shown.n_open, shown.n_consensus, shown.simulated) == (20, 1, 1, True)


def test_votes_of_people_are_not_called_simulated(voter: Voter, make_source: Make, vote_on: Vote) -> None:
    source = make_source()
    vote_on(source, voter)
    assert not has_simulated_votes(source.pk)
    assert not counters().simulated
