from dataclasses import replace

import pytest

from claxson.accounts.models import User, Voter
from claxson.voting.models import ActiveDay, ProblemReport, QueueEntry, Skip, Vote, VoterRecord
from claxson.voting.oversight.questions import enact
from claxson.voting.rules.question import FIRST
from claxson.voting.services.adoption import adopt
from claxson.voting.services.casting import cast_vote
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.skipping import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ada")


def test_a_new_account_takes_the_visitors_votes_as_they_are(user, source, vote_on) -> None:
    visitor = Voter.objects.create()
    vote_on(source, visitor)
    assert adopt(visitor=visitor, user=user).pk == visitor.pk
    assert Vote.objects.get().voter.user == user


def test_two_identities_become_one_and_no_vote_is_lost(user, make_source, vote_on) -> None:
    own, visitor = Voter.objects.create(user=user), Voter.objects.create()
    vote_on(make_source("A"), own)
    vote_on(make_source("B"), visitor)
    assert adopt(visitor=visitor, user=user) == own
    record = VoterRecord.objects.get()
    assert (record.voter, record.n_votes) == (own, 2)
    assert ActiveDay.objects.get(voter=own).n_votes == 2
    assert not Voter.objects.filter(pk=visitor.pk).exists()


def test_of_two_votes_on_one_source_the_first_is_kept_and_counted_once(user, source, vote_on) -> None:
    own, visitor = Voter.objects.create(user=user), Voter.objects.create()
    vote_on(source, visitor, "star")
    vote_on(source, own, "agn")
    adopt(visitor=visitor, user=user)
    standing = Vote.objects.get(withdrawn_at=None)
    assert (standing.voter, standing.answer) == (own, "star")
    assert QueueEntry.objects.get().n_votes == VoterRecord.objects.get().n_votes == 1


def test_nobody_counts_twice_where_the_question_was_changed_between_the_two_votes(
    user, source, vote_on
) -> None:
    own, visitor = Voter.objects.create(user=user), Voter.objects.create()
    vote_on(source, visitor, "star")
    enact(question=replace(FIRST, wording="What is it?"), reason="the answers are the same")
    vote_on(source, own, "agn")
    adopt(visitor=visitor, user=user)
    assert Vote.objects.get(withdrawn_at=None).answer == "star"
    assert QueueEntry.objects.get().n_votes == Vote.objects.filter(counted=True).count() == 1


def test_the_visitors_leases_are_given_back(user, source) -> None:
    Voter.objects.create(user=user)
    visitor = Voter.objects.create()
    hand_out(voter=visitor)
    adopt(visitor=visitor, user=user)
    assert QueueEntry.objects.get().n_leased == 0


def test_adopting_twice_is_adopting_once(user, source, vote_on) -> None:
    visitor = Voter.objects.create()
    vote_on(source, visitor)
    assert adopt(visitor=visitor, user=user) == adopt(visitor=visitor, user=user)


def test_an_answer_that_was_on_its_way_goes_to_the_account(user, source, ballot) -> None:
    own, visitor = Voter.objects.create(user=user), Voter.objects.create()
    waiting = ballot(source, visitor, "star")
    adopt(visitor=visitor, user=user)
    cast = cast_vote(ballot=waiting)
    assert cast.late
    assert Vote.objects.get().voter == own
    assert cast_vote(ballot=waiting).replayed


def test_what_a_visitor_passed_over_stays_passed_over(user, make_source) -> None:
    own, visitor = Voter.objects.create(user=user), Voter.objects.create()
    both, one = make_source("both"), make_source("one")
    for voter in (own, visitor):
        hand_out(voter=voter, wanted=2)
        report(voter=voter, source_id=both.pk, reason="plot")
    report(voter=visitor, source_id=one.pk, reason="picture")
    adopt(visitor=visitor, user=user)
    assert Skip.objects.filter(voter=own).count() == Skip.objects.count() == 2
    assert ProblemReport.objects.filter(voter=own).count() == 2
