import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from claxson.accounts.models import User, Voter
from claxson.voting.models import (
    AuditRecord,
    Consensus,
    ConsensusEvent,
    QueueEntry,
    Suspicion,
    Vote,
    VoterRecord,
)
from claxson.voting.oversight import quarantine as module
from claxson.voting.oversight.quarantine import finish_interrupted, quarantine, release
from claxson.voting.services import recounting
from claxson.voting.services.adoption import adopt
from claxson.voting.services.leasing import hand_out

pytestmark = pytest.mark.django_db


def entry(source) -> QueueEntry:
    return QueueEntry.objects.get(pk=source.pk)


def test_votes_in_quarantine_do_not_count_and_are_kept(source, people, votes_by, counters_equal_rows) -> None:
    votes_by(source, people[:5])
    assert quarantine(voter=people[0], reason="clicks").n_votes == 1
    assert entry(source).n_votes == 4
    vote = Vote.objects.get(voter=people[0])
    assert (vote.counted, vote.withdrawn_at) == (False, None)
    assert vote.set_aside_at is not None
    assert counters_equal_rows()


def test_a_source_that_is_short_of_votes_now_opens_again(
    source, people, votes_by, counters_equal_rows
) -> None:
    votes_by(source, people[:20])
    quarantine(voter=people[3], reason="clicks")
    assert (entry(source).state, entry(source).n_votes) == ("voting", 19)
    assert not Consensus.objects.exists()
    assert "quarantine" in ConsensusEvent.objects.latest("pk").reason
    assert counters_equal_rows()


def test_what_astronomers_decided_stays_and_its_shares_are_told_anew(source, people, votes_by) -> None:
    votes_by(source, people[:19])
    votes_by(source, people[19:20], "star")
    QueueEntry.objects.update(state="confirmed")
    quarantine(voter=people[19], reason="clicks")
    assert (entry(source).state, entry(source).n_votes) == ("confirmed", 19)
    assert Consensus.objects.get().shares == {"agn": 1.0}


def test_released_votes_count_again(source, people, votes_by, counters_equal_rows) -> None:
    votes_by(source, people[:20])
    quarantine(voter=people[0], reason="clicks")
    assert release(voter=people[0], reason="a mistake").n_votes == 1
    assert (entry(source).state, entry(source).n_votes) == ("consensus", 20)
    assert Vote.objects.filter(set_aside_at=None, counted=True).count() == 20
    assert counters_equal_rows()


def test_a_released_vote_whose_place_is_taken_stays_uncounted(
    source, people, votes_by, counters_equal_rows
) -> None:
    votes_by(source, people[:20])
    quarantine(voter=people[0], reason="clicks")
    votes_by(source, people[20:21])
    assert release(voter=people[0], reason="a mistake").n_votes == 0
    vote = Vote.objects.get(voter=people[0])
    assert (vote.counted, vote.set_aside_at) == (False, None)
    assert counters_equal_rows()


def test_a_live_lease_is_a_place_that_is_taken(source, people, votes_by, counters_equal_rows) -> None:
    votes_by(source, people[:20])
    quarantine(voter=people[0], reason="clicks")
    hand_out(voter=people[25], only=[source.pk])
    assert release(voter=people[0], reason="a mistake").n_votes == 0
    assert counters_equal_rows()


def test_both_acts_are_on_record_once_however_often_they_are_done(source, people, votes_by) -> None:
    votes_by(source, people[:3])
    first, again = (quarantine(voter=people[0], reason="clicks") for _ in range(2))
    assert (first.marked, again.marked, again.n_votes) == (True, False, 0)
    release(voter=people[0], reason="a mistake"), release(voter=people[0], reason="a mistake")
    acts = AuditRecord.objects.order_by("pk").values_list("act", "subject", "reason")
    subject = str(people[0].pk)
    assert list(acts) == [("quarantine", subject, "clicks"), ("release", subject, "a mistake")]


def test_new_votes_in_quarantine_do_not_count_and_hold_no_place(
    make_source, people, vote_on, counters_equal_rows
) -> None:
    first, second = make_source("one"), make_source("two")
    vote_on(first, people[0])
    hand_out(voter=people[0], only=[second.pk])
    quarantine(voter=people[0], reason="clicks")
    assert entry(second).n_leased == 0
    assert not vote_on(second, people[0]).counted
    assert counters_equal_rows()


@pytest.mark.parametrize("act", [quarantine, release])
def test_an_act_killed_half_way_is_finished_later(
    make_source, people, votes_by, monkeypatch, act, counters_equal_rows
) -> None:
    sources = [make_source(f"s{i}") for i in range(4)]
    for one in sources:
        votes_by(one, people[:3])
    if act is release:
        quarantine(voter=people[0], reason="clicks")
    dies_after(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        act(voter=people[0], reason="clicks")
    monkeypatch.undo()
    assert (finish_interrupted(), finish_interrupted()) == (2, 0)
    assert {e.n_votes for e in QueueEntry.objects.all()} == ({2} if act is quarantine else {3})
    assert counters_equal_rows()


def dies_after(monkeypatch, n: int) -> None:
    """In the middle of the step after `n` of them, each of one source."""
    calls = SimpleNamespace(n=0)
    real = module.recount_entries

    def recount_entries(entries: list[QueueEntry], *, reason: str) -> None:
        calls.n += 1
        if calls.n > n:
            raise KeyboardInterrupt
        real(entries, reason=reason)

    monkeypatch.setattr(recounting, "STEP", 1)
    monkeypatch.setattr(module, "recount_entries", recount_entries)


def test_signing_up_is_no_way_out_of_quarantine(source, vote_on, user, voter) -> None:
    visitor = Voter.objects.create()
    vote_on(source, visitor)
    VoterRecord.objects.create(voter=voter)
    quarantine(voter=visitor, reason="clicks")
    adopt(visitor=visitor, user=user)
    assert finish_interrupted() == 0
    assert (entry(source).n_votes, VoterRecord.objects.get().quarantined_at is None) == (0, False)


def test_it_settles_what_was_suspected(people) -> None:
    Suspicion.objects.create(voter=people[0], detector="x", evidence={}, raised_at="2026-01-01T00:00:00Z")
    quarantine(voter=people[0], reason="clicks")
    assert Suspicion.objects.get().settled_at is not None


def test_the_command_knows_voters_by_key_and_by_name(source, user: User, voter: Voter, vote_on) -> None:
    vote_on(source, voter)
    out = io.StringIO()
    call_command("quarantine", user.username, "--reason", "clicks", stdout=out)
    assert "1 vote on 1 source" in out.getvalue()
    call_command("quarantine", str(voter.pk), "--release", "--reason", "a mistake", stdout=out)
    assert entry(source).n_votes == 1


def test_the_command_says_when_there_is_no_such_voter(db) -> None:
    with pytest.raises(CommandError, match="no voter"):
        call_command("quarantine", "nobody", "--reason", "x")
