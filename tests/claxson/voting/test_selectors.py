import pytest

from claxson.voting.selectors import vote_state

pytestmark = pytest.mark.django_db


def test_what_the_crowd_says_is_kept_back_until_the_vote_is_closed(source, make_voters, vote_on) -> None:
    vote_on(source, make_voters(1)[0])
    state = vote_state(source.pk)
    assert state is not None
    assert (state.n_votes, state.needed, state.consensus) == (1, 20, None)
