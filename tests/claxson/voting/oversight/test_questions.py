import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from claxson.voting.errors import InvalidQuestion, UnknownAnswer
from claxson.voting.models import AuditRecord, Lease, QuestionVersion, QueueEntry, Vote
from claxson.voting.oversight import questions
from claxson.voting.oversight.quarantine import quarantine, release
from claxson.voting.oversight.questions import enact, restart_stragglers
from claxson.voting.rules.question import FIRST
from claxson.voting.services import recounting
from claxson.voting.services.casting import cast_vote
from claxson.voting.services.desk import question_in_force

pytestmark = pytest.mark.django_db
OTHER = replace(FIRST, answers=("agn", "star", "xrb", "cv", "unsure"))
ADAPTIVE = replace(FIRST, adaptive=True)


def entry(source) -> QueueEntry:
    return QueueEntry.objects.get(pk=source.pk)


def test_a_new_version_is_in_force_and_on_record(db, astronomers) -> None:
    enact(question=ADAPTIVE, reason="saves effort", actor=astronomers[0])
    assert (question_in_force().version, question_in_force().adaptive) == (2, True)
    record = AuditRecord.objects.get()
    assert (record.act, record.subject, record.reason) == ("question", "version 2", "saves effort")
    assert QuestionVersion.objects.get().enacted_by == astronomers[0]


def test_it_refuses_what_cannot_be_asked_and_what_changes_nothing(db) -> None:
    with pytest.raises(InvalidQuestion, match="unknown answers: quasar"):
        enact(question=replace(FIRST, answers=("agn", "star", "quasar")), reason="?")
    with pytest.raises(InvalidQuestion, match="version 1 says already"):
        enact(question=FIRST, reason="?")


def test_other_rules_let_counts_and_leases_go_on(
    source, people, votes_by, ballot, counters_equal_rows
) -> None:
    votes_by(source, people[:3])
    held = ballot(source, people[3])
    enact(question=ADAPTIVE, reason="saves effort")
    assert cast_vote(ballot=held).counted
    assert entry(source).n_votes == 4
    assert counters_equal_rows()


def test_other_answers_start_open_sources_again(
    source, people, votes_by, ballot, counters_equal_rows
) -> None:
    votes_by(source, people[:3])
    held = ballot(source, people[3])
    enact(question=OTHER, reason="nobody said other")
    assert (entry(source).n_votes, entry(source).n_leased, entry(source).log_odds) == (0, 0, [])
    assert not Lease.objects.exists()
    late = cast_vote(ballot=held)
    assert (late.counted, late.late) == (False, True)
    assert Vote.objects.count() == 4
    assert counters_equal_rows()


def test_an_answer_of_the_older_question_is_kept_and_one_of_no_question_is_not(
    source, people, ballot
) -> None:
    old, new = ballot(source, people[0], "other"), None
    enact(question=OTHER, reason="nobody said other")
    assert not cast_vote(ballot=old).counted
    new = ballot(source, people[1], "other")
    with pytest.raises(UnknownAnswer):
        cast_vote(ballot=new)


def test_votes_under_the_new_answers_count(source, people, votes_by, counters_equal_rows) -> None:
    votes_by(source, people[:3])
    enact(question=OTHER, reason="nobody said other")
    votes_by(source, people[3:5])
    assert entry(source).n_votes == 2
    assert counters_equal_rows()


def test_closed_sources_stay_as_the_older_question_decided_them(source, people, votes_by) -> None:
    votes_by(source, people[:20])
    enact(question=OTHER, reason="nobody said other")
    assert (entry(source).state, entry(source).n_votes) == ("consensus", 20)


def test_a_closed_source_that_opens_again_is_asked_the_new_question(
    source, people, votes_by, counters_equal_rows
) -> None:
    votes_by(source, people[:20])
    enact(question=OTHER, reason="nobody said other")
    quarantine(voter=people[0], reason="clicks")
    assert (entry(source).state, entry(source).n_votes) == ("voting", 0)
    assert release(voter=people[0], reason="a mistake").n_votes == 0
    assert counters_equal_rows()


def test_a_vote_that_slipped_by_is_left_out_afterwards(source, people, votes_by, counters_equal_rows) -> None:
    votes_by(source, people[:2])
    enact(question=OTHER, reason="nobody said other")
    votes_by(source, people[2:4])
    Vote.objects.filter(voter=people[0]).update(counted=True)
    QueueEntry.objects.update(n_votes=3)
    assert (restart_stragglers(), restart_stragglers()) == (1, 0)
    assert entry(source).n_votes == 2
    assert counters_equal_rows()


def test_the_command_shows_and_enacts(db) -> None:
    out = io.StringIO()
    call_command("question", "--set", "adaptive=on", "--set", "certainty=0.98", "--reason", "x", stdout=out)
    shown = out.getvalue()
    assert "version = 2" in shown
    assert "adaptive = on" in shown
    assert question_in_force().certainty == 0.98


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "adaptive=on"], "--reason"),
        (["--set", "adaptive=perhaps", "--reason", "x"], "cannot be read"),
        (["--set", "version=7", "--reason", "x"], "nothing called"),
        (["--set", "answers=agn,quasar", "--reason", "x"], "unknown answers: quasar"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(db, arguments, message) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("question", *arguments)
    assert question_in_force().version == 1


def test_sources_are_restarted_some_at_a_time(
    make_source, people, votes_by, monkeypatch, counters_equal_rows
) -> None:
    for i in range(5):
        votes_by(make_source(f"s{i}"), people[:2])
    monkeypatch.setattr(recounting, "STEP", 2)
    enact(question=OTHER, reason="nobody said other")
    assert set(QueueEntry.objects.values_list("n_votes", flat=True)) == {0}
    assert counters_equal_rows()


def test_a_restart_that_was_killed_is_finished_later(source, people, votes_by, monkeypatch) -> None:
    votes_by(source, people[:2])
    monkeypatch.setattr(questions, "recount_entries", lambda entries, reason: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        enact(question=OTHER, reason="nobody said other")
    monkeypatch.undo()
    assert entry(source).n_votes == 2
    assert (restart_stragglers(), entry(source).n_votes) == (1, 0)
