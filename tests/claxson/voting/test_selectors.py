import pytest

from claxson.voting.selectors import counted_votes_of_closed_sources, next_source_name, vote_state
from claxson.voting.services import cast_vote, set_priorities

pytestmark = pytest.mark.django_db


def test_the_next_source_is_the_one_most_worth_looking_at(make_source, make_voters) -> None:
    make_source("dull", priority=0.1)
    make_source("strange", priority=0.9)
    assert next_source_name(make_voters(1)[0]) == "strange"


def test_it_never_offers_a_source_the_voter_has_seen(make_source, make_voters, ballot) -> None:
    [voter] = make_voters(1)
    only = make_source("only")
    cast_vote(voter=voter, ballot=ballot(only, "unsure"))
    assert next_source_name(voter) is None


def test_new_priorities_change_what_comes_next(make_source) -> None:
    one, two = make_source("one", priority=0.9), make_source("two", priority=0.1)
    set_priorities(priorities={one.pk: 0.2, two.pk: 0.8})
    assert next_source_name(None) == "two"


def test_a_closed_source_is_not_offered_but_taught_from(make_source, make_voters, ballot) -> None:
    closed, still_open = make_source("closed"), make_source("open")
    for voter in make_voters(20):
        cast_vote(voter=voter, ballot=ballot(closed))
    assert next_source_name(None) == still_open.name
    assert len(list(counted_votes_of_closed_sources())) == 20


def test_what_the_crowd_says_is_kept_back_until_the_vote_is_closed(source, make_voters, ballot) -> None:
    cast_vote(voter=make_voters(1)[0], ballot=ballot(source))
    state = vote_state(source.pk)
    assert state is not None
    assert (state.n_votes, state.needed, state.consensus) == (1, 20, None)
