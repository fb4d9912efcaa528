import itertools

import pytest
from django.db.models import Count

from claxson.accounts.models import User, Voter
from claxson.community.selectors import leaderboard
from claxson.voting.aggregation.runs import aggregate_all
from claxson.voting.models import ActiveDay, AuditRecord, Lease, QueueEntry, Vote, VoterRecord
from claxson.voting.oversight.quarantine import finish_interrupted, quarantine
from claxson.voting.oversight.recount import compare
from claxson.voting.privacy import erasure
from claxson.voting.privacy.erasure import LOT, erase_person
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.withdrawal import undo_last

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(make_source, voter, vote_on):
    """Somebody with many votes and a source before them."""
    for i in range(55):
        vote_on(make_source(f"s{i}"), voter, "star" if i % 3 else "agn", comment="I am Ada")
    hand_out(voter=voter, only=[make_source("held").pk])
    return voter


def counted() -> list[tuple[int, int, str]]:
    return list(Vote.objects.order_by("pk").values_list("pk", "source_id", "answer", "counted"))


def test_the_account_goes_and_every_vote_stays(busy, user) -> None:
    before, queue = counted(), list(QueueEntry.objects.values_list("pk", "n_votes", "state"))
    erase_person(user=user)
    assert not User.objects.exists()
    assert not Voter.objects.filter(pk=busy.pk).exists()
    assert counted() == before
    assert list(QueueEntry.objects.values_list("pk", "n_votes", "state")) == queue
    assert compare() == []


def test_votes_are_dealt_in_small_lots_that_nothing_ties_together(busy, user) -> None:
    keys = set(Vote.objects.values_list("key", flat=True))
    erase_person(user=user)
    lots = Vote.objects.values("voter").annotate(n=Count("pk")).values_list("n", flat=True)
    assert sorted(lots) == [5, LOT, LOT]
    assert keys.isdisjoint(Vote.objects.values_list("key", flat=True))
    assert set(Vote.objects.values_list("comment", flat=True)) == {""}
    assert {at.hour for at in Vote.objects.values_list("cast_at", flat=True)} == {0}
    assert Voter.objects.values("created_at").distinct().count() == 1
    numbers = sorted(VoterRecord.objects.values_list("pk", flat=True))
    assert all(b - a > 1 for a, b in itertools.pairwise(numbers))


def test_the_lots_are_drawn_at_random_not_by_time(busy, user) -> None:
    erase_person(user=user)
    first = Vote.objects.order_by("pk").values_list("voter", flat=True)[:LOT]
    assert len(set(first)) > 1


def test_nobody_erased_is_on_a_board_or_has_days_or_leases(busy, user) -> None:
    erase_person(user=user)
    assert leaderboard() == []
    assert not ActiveDay.objects.exists()
    assert not Lease.objects.exists()
    assert QueueEntry.objects.get(source__name="held").n_leased == 0


def test_the_record_does_not_say_who(busy, user) -> None:
    erase_person(user=user)
    record = AuditRecord.objects.get()
    assert (record.act, record.subject, record.actor, record.details) == (
        "erase account",
        "an account",
        None,
        {},
    )


def test_quarantine_outlives_the_account(busy, user) -> None:
    quarantine(voter=busy, reason="clicks")
    erase_person(user=user)
    assert finish_interrupted() == 0
    assert not Vote.objects.filter(counted=True).exists()
    assert not VoterRecord.objects.filter(quarantined_at=None).exists()


def test_votes_taken_back_are_kept_too(busy, user) -> None:
    Lease.objects.all().delete()
    QueueEntry.objects.update(n_leased=0)
    undo_last(voter=busy)
    erase_person(user=user)
    assert Vote.objects.exclude(withdrawn_at=None).count() == 1
    assert compare() == []


def test_all_votes_are_aggregated_as_before(busy, user) -> None:
    erase_person(user=user)
    assert aggregate_all().n_votes == 55


def test_somebody_without_votes_is_erased_too(user) -> None:
    erase_person(user=user)
    assert not User.objects.exists()


def test_killed_half_way_it_never_was_and_can_be_done_again(busy, user, monkeypatch) -> None:
    monkeypatch.setattr(erasure, "RECORDS", "SELECT 1/0")
    with pytest.raises(Exception, match="division by zero"):
        erase_person(user=user)
    monkeypatch.undo()
    assert Vote.objects.filter(voter=busy).count() == 55
    erase_person(user=user)
    assert compare() == []


def test_a_source_handed_out_meanwhile_is_given_back_at_the_next_attempt(busy, user, monkeypatch) -> None:
    real, calls = erasure.give_back, iter([False])
    monkeypatch.setattr(erasure, "give_back", lambda lease: real(lease) if next(calls, True) else None)
    erase_person(user=user)
    assert not Lease.objects.exists()
    assert compare() == []
