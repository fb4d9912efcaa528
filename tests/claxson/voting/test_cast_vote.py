import dataclasses
import uuid

import pytest
from django.db import IntegrityError

from claxson.voting.errors import AlreadyVoted, ForgedLease, KeyReused, UnknownAnswer, UnknownSource
from claxson.voting.models import Consensus, ConsensusEvent, Lease, QueueEntry, Vote, VoterRecord
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out, release_expired
from claxson.voting.tokens import LeaseToken

pytestmark = pytest.mark.django_db


def test_a_vote_is_stored_and_counted(source, make_voters, vote_on) -> None:
    result = vote_on(source, make_voters(1)[0], comment="bright!")
    assert (result.counted, result.late, result.n_votes, result.replayed) == (True, False, 1, False)
    assert Vote.objects.get(pk=result.vote_id).comment == "bright!"
    entry = QueueEntry.objects.get(pk=source.pk)
    assert (entry.n_votes, entry.n_leased) == (1, 0)


def test_the_same_request_again_is_the_same_vote(source, make_voters, ballot) -> None:
    sent = ballot(source, make_voters(1)[0])
    first, again = cast_vote(ballot=sent), cast_vote(ballot=sent)
    assert (again.vote_id, again.n_votes, again.replayed) == (first.vote_id, 1, True)
    assert Vote.objects.count() == VoterRecord.objects.get().n_votes == 1


def test_it_refuses_a_second_vote_on_the_same_source(source, make_voters, ballot) -> None:
    sent = ballot(source, make_voters(1)[0])
    cast_vote(ballot=sent)
    with pytest.raises(AlreadyVoted, match="first vote stands"):
        cast_vote(ballot=dataclasses.replace(sent, answer="star", key=uuid.uuid4()))
    assert Vote.objects.get().answer == "agn"


def test_it_refuses_a_key_that_belongs_to_another_vote(source, make_voters, ballot) -> None:
    one, two = make_voters(2)
    sent = ballot(source, one)
    cast_vote(ballot=sent)
    with pytest.raises(KeyReused):
        cast_vote(ballot=ballot(source, two, key=sent.key))
    with pytest.raises(KeyReused):
        cast_vote(ballot=dataclasses.replace(sent, answer="star"))


def test_a_refused_vote_keeps_its_lease(source, make_voters, ballot) -> None:
    one, two = make_voters(2)
    sent = ballot(source, one)
    cast_vote(ballot=sent)
    second = ballot(source, two, key=sent.key)
    with pytest.raises(KeyReused):
        cast_vote(ballot=second)
    assert cast_vote(ballot=dataclasses.replace(second, key=uuid.uuid4())).counted


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.1.1:signature"])
def test_it_refuses_a_vote_without_a_lease_of_ours(db, token) -> None:
    with pytest.raises(ForgedLease, match="nothing was stored"):
        cast_vote(ballot=Ballot(token, "agn", uuid.uuid4()))


def test_it_refuses_the_lease_of_another_voter(source, make_voters, ballot) -> None:
    one, two = make_voters(2)
    with pytest.raises(ForgedLease, match="somebody else"):
        cast_vote(ballot=ballot(source, one), voter_id=two.pk)
    assert not Vote.objects.exists()


def test_it_refuses_a_source_that_does_not_exist(source, make_voters, ballot) -> None:
    [voter] = make_voters(1)
    ballot(source, voter)
    token = LeaseToken(uuid.uuid4(), voter.pk, 999_999, 1).signed()
    with pytest.raises(UnknownSource, match="no such source"):
        cast_vote(ballot=Ballot(token, "agn", uuid.uuid4()))
    assert not Vote.objects.exists()


def test_it_refuses_an_answer_the_question_does_not_have(source, make_voters, ballot) -> None:
    with pytest.raises(UnknownAnswer, match="quasar"):
        cast_vote(ballot=ballot(source, make_voters(1)[0], "quasar"))


def test_unsure_is_stored_never_counts_and_frees_its_place(source, make_voters, vote_on) -> None:
    result = vote_on(source, make_voters(1)[0], "unsure")
    assert (result.counted, result.n_votes) == (False, 0)
    assert Vote.objects.get().answer == "unsure"
    assert QueueEntry.objects.get(pk=source.pk).n_leased == 0


def test_the_twentieth_vote_makes_a_consensus(source, make_voters, vote_on) -> None:
    answers = ["xrb"] * 13 + ["agn"] * 7
    results = [vote_on(source, v, a) for v, a in zip(make_voters(20), answers, strict=True)]
    assert [r.reached_consensus for r in results] == [False] * 19 + [True]
    consensus = Consensus.objects.get(source=source)
    assert (consensus.answer, consensus.agreement) == ("xrb", 0.65)
    assert sum(consensus.posterior.values()) == pytest.approx(1, abs=1e-4)
    assert QueueEntry.objects.get(pk=source.pk).state == "consensus"
    assert ConsensusEvent.objects.get().reason == "20 votes"


def test_a_consensus_in_doubt_goes_to_review(source, make_voters, vote_on) -> None:
    for i, voter in enumerate(make_voters(20)):
        vote_on(source, voter, ["agn", "xrb"][i % 2])
    assert QueueEntry.objects.get(pk=source.pk).state == "review"


def test_a_vote_under_a_lease_that_has_ended_is_kept_and_not_counted(source, make_voters, ballot) -> None:
    sent = ballot(source, make_voters(1)[0])
    Lease.objects.update(expires_at="2020-01-01T00:00:00Z")
    late = cast_vote(ballot=sent)
    assert (late.counted, late.late) == (False, True)
    entry = QueueEntry.objects.get(pk=source.pk)
    assert (entry.n_votes, entry.n_leased) == (0, 0)


def test_a_vote_on_a_source_that_was_closed_meanwhile_is_kept_and_not_counted(
    source, make_voters, ballot, vote_on
) -> None:
    *voters, slow = make_voters(21)
    sent = ballot(source, slow)
    Lease.objects.update(expires_at="2020-01-01T00:00:00Z")
    for voter in voters:
        vote_on(source, voter)
    late = cast_vote(ballot=sent)
    assert (late.counted, late.late, late.n_votes) == (False, True, 20)
    assert Vote.objects.filter(counted=True).count() == 20


def test_the_database_itself_refuses_a_21st_counted_vote(source) -> None:
    with pytest.raises(IntegrityError, match=r"never_a_21st_counted_vote|closed_at_the_20th_vote"):
        QueueEntry.objects.filter(pk=source.pk).update(n_votes=21)


def test_the_database_itself_refuses_a_second_vote(source, make_voters, vote_on) -> None:
    vote_on(source, make_voters(1)[0])
    vote = Vote.objects.get()
    vote.pk, vote.key = None, uuid.uuid4()
    with pytest.raises(IntegrityError, match="one_vote_per_voter_and_source"):
        vote.save(force_insert=True)


def test_a_lease_of_another_tab_serves_a_vote_whose_own_has_ended(source, make_voters, ballot) -> None:
    [voter] = make_voters(1)
    old = ballot(source, voter)
    Lease.objects.update(expires_at="2020-01-01T00:00:00Z")
    release_expired()
    new = ballot(source, voter)
    assert cast_vote(ballot=old).counted
    with pytest.raises(AlreadyVoted):
        cast_vote(ballot=new)
    assert hand_out(voter=voter) == []
    assert QueueEntry.objects.get(pk=source.pk).n_leased == 0
