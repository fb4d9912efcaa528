import pytest

from claxson.voting.models import Consensus, QueueEntry
from claxson.voting.services.withdrawal import undo_last

pytestmark = pytest.mark.django_db


def test_the_twentieth_vote_taken_back_opens_the_source_again(source, make_voters, vote_on) -> None:
    voters = make_voters(20)
    for voter in voters:
        vote_on(source, voter)
    undo_last(voter=voters[-1])
    entry = QueueEntry.objects.get(pk=source.pk)
    assert (entry.state, entry.n_votes, entry.n_leased) == ("voting", 19, 1)
    assert not Consensus.objects.exists()
