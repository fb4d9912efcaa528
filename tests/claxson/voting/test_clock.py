"""A web process whose clock is wrong does no harm: what counts is the database's."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from claxson.voting.models import Lease, Vote
from claxson.voting.services.withdrawal import undo_last

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[-400, -1, 1, 400])
def wrong_clock(request, monkeypatch) -> None:
    """So many days off."""
    right, days = timezone.now, request.param
    seconds = time.time
    monkeypatch.setattr(timezone, "now", lambda: right() + dt.timedelta(days=days))
    monkeypatch.setattr(time, "time", lambda: seconds() + days * 86_400)


@pytest.mark.usefixtures("wrong_clock")
def test_a_vote_counts_and_can_be_taken_back_whatever_the_servers_clock_says(
    source, make_voters, vote_on, ballot
) -> None:
    [voter] = make_voters(1)
    cast = vote_on(source, voter)
    assert (cast.counted, cast.late) == (True, False)
    undo_last(voter=voter)
    assert Lease.objects.live().count() == 1


@pytest.mark.usefixtures("wrong_clock")
def test_a_vote_is_dated_by_the_database(source, make_voters, vote_on) -> None:
    vote_on(source, make_voters(1)[0])
    age = dt.datetime.now(dt.UTC) - Vote.objects.get().cast_at
    assert abs(age) < dt.timedelta(minutes=5)
