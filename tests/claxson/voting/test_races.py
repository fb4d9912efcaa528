import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.errors import VoteRefused
from claxson.voting.models import Consensus, Lease, QueueEntry, Vote, VoterRecord
from claxson.voting.rules.evidence import BEGINNING, of_vote
from claxson.voting.services import casting
from claxson.voting.services.casting import Ballot, CastVote, cast_vote
from claxson.voting.services.leasing import HeldLease, hand_out

pytestmark = pytest.mark.django_db(transaction=True)


def lease(voter: Voter) -> list[HeldLease]:
    try:
        return hand_out(voter=voter)
    finally:
        connection.close()


def cast(ballot: Ballot) -> CastVote | None:
    try:
        return cast_vote(ballot=ballot)
    except VoteRefused:
        return None
    finally:
        connection.close()


def lease_and_vote(voter: Voter) -> list[CastVote | None]:
    return [cast(Ballot(held.token, "agn", uuid.uuid4())) for held in lease(voter)]


def entry(source: Source) -> QueueEntry:
    return QueueEntry.objects.get(pk=source.pk)


def test_forty_voters_at_once_hold_exactly_twenty_leases(make_source, make_voters) -> None:
    source, voters = make_source(), make_voters(40)
    with ThreadPoolExecutor(8) as pool:
        held = [leases for leases in pool.map(lease, voters) if leases]
    # Who comes while another holds the entry's lock is sent on, so fewer may get one; never more.
    assert len(held) == Lease.objects.count() == entry(source).n_leased <= 20


def test_forty_voters_at_once_make_no_21st_counted_vote(make_source, make_voters) -> None:
    source, voters = make_source(), make_voters(40)
    with ThreadPoolExecutor(8) as pool:
        rounds = [pool.map(lease_and_vote, voters) for _ in range(5)]
        results = [r for one in rounds for found in one for r in found if r]
    assert sum(result.counted for result in results) == 20
    assert Vote.objects.filter(counted=True).count() == entry(source).n_votes == 20
    assert Consensus.objects.count() == 1
    assert sum(VoterRecord.objects.values_list("n_votes", flat=True)) == Vote.objects.count()


def test_the_same_ballot_sent_many_times_at_once_is_one_vote(make_source, make_voters) -> None:
    source, [voter] = make_source(), make_voters(1)
    [held] = lease(voter)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(cast, [Ballot(held.token, "star", uuid.UUID(int=7))] * 24))
    assert len({result.vote_id for result in results if result}) == 1
    assert sum(not result.replayed for result in results if result) == 1
    assert entry(source).n_votes == VoterRecord.objects.get().n_votes == 1


def test_two_tabs_of_one_voter_hold_the_same_source(make_source, make_voters) -> None:
    make_source("one"), make_source("two")
    [voter] = make_voters(1)
    with ThreadPoolExecutor(4) as pool:
        held = list(pool.map(lease, [voter] * 12))
    assert len({leases[0].source_id for leases in held}) == 1
    assert Lease.objects.count() == 1


def test_a_vote_that_another_overtakes_is_worked_out_anew(make_source, make_voters, monkeypatch) -> None:
    """The other vote comes after the first one's effect on its source was worked out."""
    source, [slow, quick] = make_source(), make_voters(2)
    late, early = (Ballot(hand_out(voter=v)[0].token, "agn", uuid.uuid4()) for v in (slow, quick))
    read, waiting = casting.read_desk, [early]

    def overtaken(*who: object) -> object:
        desk = read(*who)
        if waiting:
            cast_vote(ballot=waiting.pop())
        return desk

    monkeypatch.setattr(casting, "read_desk", overtaken)
    assert cast_vote(ballot=late).n_votes == entry(source).n_votes == 2
    assert entry(source).log_odds == pytest.approx([2 * e for e in of_vote("agn", BEGINNING)])
