import dataclasses
import uuid

import pytest
from django.db import IntegrityError

from claxson.voting.errors import AlreadyVoted, KeyReused, UnknownSource
from claxson.voting.models import Consensus, QueueEntry, Vote
from claxson.voting.services import Ballot, cast_vote

pytestmark = pytest.mark.django_db


def test_a_vote_is_stored_and_counted(source, make_voters, ballot) -> None:
    result = cast_vote(voter=make_voters(1)[0], ballot=ballot(source, comment="bright!"))
    assert (result.counted, result.n_votes, result.replayed) == (True, 1, False)
    assert Vote.objects.get(pk=result.vote_id).comment == "bright!"
    assert QueueEntry.objects.get(pk=source.pk).n_votes == 1


def test_the_same_request_again_is_the_same_vote(source, make_voters, ballot) -> None:
    [voter], sent = make_voters(1), ballot(source)
    first, again = cast_vote(voter=voter, ballot=sent), cast_vote(voter=voter, ballot=sent)
    assert (again.vote_id, again.n_votes, again.replayed) == (first.vote_id, 1, True)
    assert Vote.objects.count() == 1


def test_it_refuses_a_second_vote_on_the_same_source(source, make_voters, ballot) -> None:
    [voter] = make_voters(1)
    cast_vote(voter=voter, ballot=ballot(source, "agn"))
    with pytest.raises(AlreadyVoted, match="first vote stands"):
        cast_vote(voter=voter, ballot=ballot(source, "star"))
    assert Vote.objects.get().answer == "agn"


def test_it_refuses_a_key_that_belongs_to_another_vote(source, make_voters, ballot) -> None:
    one, two = make_voters(2)
    sent = ballot(source)
    cast_vote(voter=one, ballot=sent)
    with pytest.raises(KeyReused):
        cast_vote(voter=two, ballot=sent)
    with pytest.raises(KeyReused):
        cast_vote(voter=one, ballot=dataclasses.replace(sent, answer="star"))


def test_it_refuses_a_source_that_does_not_exist(db, make_voters) -> None:
    with pytest.raises(UnknownSource, match="no such source"):
        cast_vote(voter=make_voters(1)[0], ballot=Ballot(999_999, "agn", uuid.uuid4()))
    assert not Vote.objects.exists()


def test_unsure_is_stored_and_never_counts(source, make_voters, ballot) -> None:
    result = cast_vote(voter=make_voters(1)[0], ballot=ballot(source, "unsure"))
    assert (result.counted, result.n_votes) == (False, 0)
    assert Vote.objects.get().answer == "unsure"


def test_the_twentieth_vote_makes_a_consensus(source, make_voters, ballot) -> None:
    answers = ["xrb"] * 13 + ["agn"] * 7
    results = [
        cast_vote(voter=v, ballot=ballot(source, a)) for v, a in zip(make_voters(20), answers, strict=True)
    ]
    assert [r.reached_consensus for r in results] == [False] * 19 + [True]
    consensus = Consensus.objects.get(source=source)
    assert (consensus.answer, consensus.agreement) == ("xrb", 0.65)
    assert QueueEntry.objects.get(pk=source.pk).state == "consensus"


def test_a_late_vote_is_kept_and_not_counted(source, make_voters, ballot) -> None:
    voters = make_voters(21)
    for voter in voters[:20]:
        cast_vote(voter=voter, ballot=ballot(source))
    late = cast_vote(voter=voters[20], ballot=ballot(source, "star"))
    assert (late.counted, late.n_votes) == (False, 20)
    assert Vote.objects.filter(counted=True).count() == 20


def test_the_database_itself_refuses_a_21st_counted_vote(source) -> None:
    with pytest.raises(IntegrityError, match=r"never_a_21st_counted_vote|closed_at_the_20th_vote"):
        QueueEntry.objects.filter(pk=source.pk).update(n_votes=21)


def test_the_database_itself_refuses_a_second_vote(source, make_voters, ballot) -> None:
    [voter] = make_voters(1)
    cast_vote(voter=voter, ballot=ballot(source))
    vote = Vote.objects.get()
    vote.pk, vote.key = None, uuid.uuid4()
    with pytest.raises(IntegrityError, match="one_vote_per_voter_and_source"):
        vote.save(force_insert=True)
