import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from claxson.accounts.models import Voter
from claxson.voting.errors import VoteRefused
from claxson.voting.models import Consensus, QueueEntry, Vote
from claxson.voting.services import Ballot, CastVote, cast_vote

pytestmark = pytest.mark.django_db(transaction=True)


def cast(voter: Voter, ballot: Ballot) -> CastVote | None:
    try:
        return cast_vote(voter=voter, ballot=ballot)
    except VoteRefused:
        return None
    finally:
        connection.close()


def test_forty_voters_at_once_make_exactly_twenty_counted_votes(make_source, make_voters) -> None:
    source, voters = make_source(), make_voters(40)
    ballots = [Ballot(source.pk, "agn", uuid.uuid4()) for _ in voters]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(cast, voters, ballots))
    assert sum(result.counted for result in results if result) == 20
    assert Vote.objects.filter(counted=True).count() == QueueEntry.objects.get(pk=source.pk).n_votes == 20
    assert Vote.objects.count() == 40
    assert Consensus.objects.count() == 1


def test_the_same_ballot_sent_many_times_at_once_is_one_vote(make_source, make_voters) -> None:
    source, [voter] = make_source(), make_voters(1)
    ballot = Ballot(source.pk, "star", uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(cast, [voter] * 24, [ballot] * 24))
    assert len({result.vote_id for result in results if result}) == 1
    assert sum(not result.replayed for result in results if result) == 1
    assert QueueEntry.objects.get(pk=source.pk).n_votes == 1
