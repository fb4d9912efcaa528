import io

import pytest
from django.core.management import call_command
from django.db import connection

from claxson.accounts.models import Voter
from claxson.voting.models import (
    ActiveDay,
    AuditRecord,
    Consensus,
    GoldSource,
    Lease,
    QueueEntry,
    Vote,
    VoterRecord,
)
from claxson.voting.oversight.questions import enact
from claxson.voting.oversight.recount import compare
from claxson.voting.oversight.repair import repair
from claxson.voting.rules.question import FIRST, Question
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.withdrawal import undo_last

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(make_source, people, votes_by, answer_gold):
    """Open, closed and gold sources, a vote taken back, and leases."""
    open_one, closed, gold = (make_source(name) for name in ("open", "closed", "gold"))
    GoldSource.objects.create(source=gold, gold_class="star", hidden=False)
    QueueEntry.objects.filter(pk=gold.pk).delete()
    votes_by(closed, people[:20])
    votes_by(open_one, people[:4])
    undo_last(voter=people[3])
    for voter, answer in zip(people[:3], ("star", "agn", "unsure"), strict=True):
        answer_gold(gold, voter, answer)
    hand_out(voter=people[10], only=[open_one.pk])
    return open_one


def test_all_is_well_after_votes_undo_gold_and_leases(busy) -> None:
    assert compare() == []


def spoil(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


SPOILT = {
    "source.n_votes": "UPDATE voting_queueentry SET n_votes = 7 WHERE state = 'voting'",
    "source.n_leased": "UPDATE voting_queueentry SET n_leased = 5 WHERE state = 'voting'",
    "source.state": "DELETE FROM voting_consensus",
    "voter.n_votes": "UPDATE voting_voterrecord SET n_votes = n_votes + 1 WHERE n_gold = 0 AND n_votes = 1",
    "voter.n_gold": "UPDATE voting_voterrecord SET n_gold = 3 WHERE n_right = 1",
    "voter.n_right": "UPDATE voting_voterrecord SET n_right = 0 WHERE n_right = 1",
    "voter.active_days": "DELETE FROM voting_activeday WHERE n_votes > 2",
    "voter.counted_in_quarantine": "UPDATE voting_voterrecord SET quarantined_at = now() WHERE n_right = 1",
}


@pytest.mark.parametrize("counter", SPOILT)
def test_each_wrong_counter_is_found_and_mended(busy, counter) -> None:
    spoil(SPOILT[counter])
    differences = compare()
    assert {found.counter for found in differences} == {counter}
    repair(differences)
    assert compare() == []
    assert AuditRecord.objects.filter(act__startswith="recount").exists()


def test_a_vote_that_vanished_is_found_on_its_source_and_its_voter(busy, people) -> None:
    Vote.objects.filter(source=busy, voter=people[0]).delete()
    found = {difference.counter for difference in compare()}
    assert found == {"source.n_votes", "voter.n_votes", "voter.active_days"}
    repair(compare())
    assert compare() == []


def test_a_closed_source_whose_vote_vanished_opens_again(busy, people) -> None:
    Vote.objects.filter(source__name="closed", voter=people[15]).delete()
    repair(compare())
    assert compare() == []
    assert not Consensus.objects.exists()


def test_a_vote_on_an_older_question_is_found_and_left_out(busy, people) -> None:
    enact(question=Question(answers=FIRST.answers[:4]), reason="simpler")
    assert compare() == []
    Vote.objects.filter(source=busy, voter=people[0]).update(counted=True)
    QueueEntry.objects.filter(pk=busy.pk).update(n_votes=1)
    [found] = compare()
    assert found.counter == "source.counted_of_an_older_question"
    repair([found])
    assert compare() == []


def test_too_many_places_are_given_up(busy) -> None:
    QueueEntry.objects.filter(pk=busy.pk).update(n_leased=0)
    for i in range(20):
        fields = {"question_version": 1, "mode": "active", "reserved": True}
        times = dict.fromkeys(("issued_at", "expires_at"), "2026-01-01T00:00:00Z")
        Lease.objects.create(
            voter=Voter.objects.create(simulated_name=f"x{i}"), source=busy, **fields, **times
        )
    repair(compare())
    assert compare() == []


def test_it_costs_as_many_queries_however_much_there_is(busy, django_assert_num_queries) -> None:
    with django_assert_num_queries(4):
        compare()


def test_the_command_tells_and_fails_then_mends(busy) -> None:
    VoterRecord.objects.filter(n_right=1).update(n_right=0)
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("recount", stdout=out)
    assert ended.value.code == 1
    assert "voter.n_right" in out.getvalue()
    call_command("recount", "--repair", stdout=out)
    assert out.getvalue().endswith("all counters equal their rows\n")


def test_days_in_another_time_zone_are_no_difference(busy) -> None:
    VoterRecord.objects.update(time_zone="Pacific/Kiritimati")
    assert compare() == []
    assert ActiveDay.objects.exists()
