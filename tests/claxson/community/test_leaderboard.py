import uuid
from collections.abc import Callable
from typing import Any

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.community.selectors import counters, has_simulated_votes, leaderboard, standing_of
from claxson.voting.services import Ballot, cast_vote

Make = Callable[..., Source]


def vote(voter: Voter, source: Source, answer: str) -> None:
    cast_vote(voter=voter, ballot=Ballot(source_id=source.pk, answer=answer, key=uuid.uuid4()))


def test_a_voter_without_votes_has_no_rate_and_is_not_on_the_board(voter: Voter) -> None:
    assert standing_of(voter).success_rate is None
    assert leaderboard() == []


def test_only_closed_sources_are_judged(voter: Voter, make_source: Make) -> None:
    vote(voter, make_source(), "agn")
    assert standing_of(voter).n_votes == 1
    assert standing_of(voter).success_rate is None


def test_the_success_rate_is_the_agreement_with_the_crowd(
    voter: Voter, make_source: Make, crowd_votes: Callable[..., None]
) -> None:
    for name, answer in (("A", "agn"), ("B", "star")):
        source = make_source(name)
        vote(voter, source, answer)
        crowd_votes(source, 19, "agn")
    assert standing_of(voter).success_rate == 0.5


def test_not_knowing_is_never_judged(
    voter: Voter, make_source: Make, crowd_votes: Callable[..., None]
) -> None:
    source = make_source()
    vote(voter, source, "unsure")
    crowd_votes(source, 20)
    assert standing_of(voter).success_rate is None


def test_equal_numbers_share_a_rank(
    voter: Voter, make_source: Make, crowd_votes: Callable[..., None]
) -> None:
    for name in "AB":
        vote(voter, make_source(name), "agn")
    crowd_votes(Source.objects.first(), 2)
    assert [(s.rank, s.n_votes, s.simulated) for s in leaderboard()] == [
        (1, 2, False),
        (2, 1, True),
        (2, 1, True),
    ]


def test_the_board_takes_two_queries_however_long_it_is(
    make_source: Make, crowd_votes: Callable[..., None], django_assert_num_queries: Any
) -> None:
    crowd_votes(make_source(), 12)
    with django_assert_num_queries(2):
        assert len(leaderboard()) == 12


def test_the_counters_tell_open_from_decided_and_admit_simulated_votes(
    make_source: Make, crowd_votes: Callable[..., None]
) -> None:
    make_source("A")
    crowd_votes(make_source("B"), 20)
    shown = counters()
    assert (shown.n_votes, shown.n_open, shown.n_consensus, shown.simulated) == (20, 1, 1, True)


def test_votes_of_people_are_not_called_simulated(voter: Voter, make_source: Make) -> None:
    source = make_source()
    vote(voter, source, "agn")
    assert not has_simulated_votes(source.pk)
    assert not counters().simulated
