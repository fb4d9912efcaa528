"""Notices of what became of one's sources."""

import datetime as dt

import pytest
from django.db.models.functions import Now

from claxson.accounts.models import User, Voter
from claxson.voting.models import ConsensusEvent, Notice
from claxson.voting.oversight import review
from claxson.voting.services.adoption import adopt
from claxson.voting.telling.notices import KEEP, forget_old_notices, mark_read, tell_news

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(make_source, voter, vote_on, crowd_votes):
    """A source that Ada was the first to call an AGN, as the crowd then did."""
    source = make_source()
    vote_on(source, voter, "agn")
    crowd_votes(source, 19, "agn")
    return source


@pytest.fixture
def astronomer(db) -> User:
    return User.objects.create_user("vera", role=User.Role.ASTRONOMER)


def test_a_source_that_closes_is_told_once_to_people_alone(closed, voter) -> None:
    assert tell_news() == 1
    assert tell_news() == 0
    notice = Notice.objects.get()
    assert (notice.voter, notice.source, notice.agreed, notice.first) == (voter, closed, True, True)
    assert notice.event.after == "consensus"
    assert notice.read_at is None


def test_a_later_step_takes_the_place_of_the_earlier_and_is_unread(closed, voter, astronomer) -> None:
    tell_news()
    assert mark_read(voter=voter) == 1
    review.overrule(source=closed, answer="cv", actor=astronomer, reason="eclipses")
    other = User.objects.create_user("cecilia", role=User.Role.ASTRONOMER)
    review.overrule(source=closed, answer="cv", actor=other, reason="eclipses")
    tell_news()
    notice = Notice.objects.get()
    assert (notice.event.after, notice.agreed, notice.first) == ("overruled", False, False)
    assert notice.read_at is None


def test_a_proposal_is_no_news(closed, voter, astronomer) -> None:
    tell_news()
    mark_read(voter=voter)
    review.overrule(source=closed, answer="cv", actor=astronomer, reason="eclipses")
    tell_news()
    assert Notice.objects.get().read_at is not None


def test_told_twice_by_two_workers_is_told_once(closed) -> None:
    tell_news()
    ConsensusEvent.objects.update(told_at=None)
    Notice.objects.update(read_at=Now())
    tell_news()
    assert Notice.objects.get().read_at is not None


def test_a_source_that_is_asked_about_again_has_no_news(closed, astronomer) -> None:
    tell_news()
    review.reopen_for_votes(source=closed, actor=astronomer, reason="new data")
    tell_news()
    assert not Notice.objects.exists()


def test_who_was_unsure_neither_agreed_nor_not(make_source, voter, vote_on, crowd_votes) -> None:
    source = make_source()
    vote_on(source, voter, "unsure")
    crowd_votes(source, 20, "agn")
    tell_news()
    assert (Notice.objects.get().agreed, Notice.objects.get().first) == (None, False)


def test_the_second_to_say_so_is_not_the_first(make_source, voter, vote_on, crowd_votes) -> None:
    source = make_source()
    crowd_votes(source, 1, "agn")
    vote_on(source, voter, "agn")
    crowd_votes(source, 18, "agn")
    tell_news()
    assert (Notice.objects.get().agreed, Notice.objects.get().first) == (True, False)


def test_a_visitors_notices_follow_them_into_their_account(
    make_source, vote_on, crowd_votes, voter, user
) -> None:
    visitor, source = Voter.objects.create(), make_source()
    vote_on(source, visitor)
    crowd_votes(source, 19)
    vote_on(make_source("other"), voter)
    tell_news()
    adopt(visitor=visitor, user=user)
    assert Notice.objects.get().voter == voter


def test_they_are_forgotten_after_90_days(closed) -> None:
    tell_news()
    Notice.objects.update(at=Now() - KEEP + dt.timedelta(hours=1))
    assert forget_old_notices() == 0
    Notice.objects.update(at=Now() - KEEP)
    assert forget_old_notices() == 1


def test_it_takes_one_statement_however_many_sources_closed(
    make_source, voter, vote_on, crowd_votes, django_assert_num_queries
) -> None:
    for name in ("a", "b", "c"):
        vote_on(make_source(name), voter)
        crowd_votes(Notice._meta.get_field("source").related_model.objects.get(name=name), 19)
    with django_assert_num_queries(6):  # two batches, the second empty, each in a savepoint
        tell_news()
    assert Notice.objects.count() == 3
