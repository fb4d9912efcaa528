"""The question's versions: what volunteers are asked, and by which rules their answers count."""

from dataclasses import asdict, replace

from django.db import connection, transaction
from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.voting.errors import InvalidQuestion
from claxson.voting.models import QuestionVersion, QueueEntry, Vote
from claxson.voting.oversight.audit import record_act
from claxson.voting.rules.question import Question, problems, succeed
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.recounting import locked_entry, recount_entry

QUESTION_LOCK = 0x434C5833

# Locked in the order of sources, as everywhere; the statements after it see every vote cast before the lock.
FORGET = "DROP TABLE IF EXISTS pg_temp.restarted"
LOCK_OPEN = """
CREATE TEMP TABLE restarted ON COMMIT DROP AS
SELECT source_id FROM voting_queueentry q
WHERE state = 'voting' AND (n_votes > 0 OR n_leased > 0
    OR EXISTS (SELECT FROM voting_lease l WHERE l.source_id = q.source_id))
ORDER BY source_id FOR UPDATE
"""
END_LEASES = "DELETE FROM voting_lease l USING restarted r WHERE l.source_id = r.source_id"
LEAVE_OUT = (
    "UPDATE voting_vote v SET counted = false FROM restarted r WHERE v.source_id = r.source_id AND counted"
)
START_AGAIN = """
UPDATE voting_queueentry q SET n_votes = 0, n_leased = 0, log_odds = '{}', priority = interest + boost
FROM restarted r WHERE q.source_id = r.source_id
"""


def enact(*, question: Question, reason: str, actor: User | None = None) -> Question:
    """Put the next version in force; with other answers, open sources are asked about from the start again.

    Old votes are kept and not counted, and leases end. What is closed stays as the older question decided it.
    """
    wrong = list(problems(question))
    if wrong:
        raise InvalidQuestion("; ".join(wrong))
    enacted = _enact(question, reason, actor)
    restart_stragglers()
    return enacted


@transaction.atomic
def _enact(question: Question, reason: str, actor: User | None) -> Question:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [QUESTION_LOCK])
    before = question_in_force()
    if replace(question, version=before.version, counts_since=before.counts_since) == before:
        raise InvalidQuestion(f"that is what version {before.version} says already")
    after = succeed(before, question)
    restarts = after.counts_since == after.version
    QuestionVersion.objects.create(
        **asdict(after) | {"answers": list(after.answers)}, reason=reason, enacted_by=actor, enacted_at=Now()
    )
    n_restarted = _restart_open_sources() if restarts else 0
    record_act(
        "question", f"version {after.version}", reason=reason, actor=actor, restarted_sources=n_restarted
    )
    return after


def _restart_open_sources() -> int:
    with connection.cursor() as cursor:
        for statement in (FORGET, LOCK_OPEN, END_LEASES, LEAVE_OUT, START_AGAIN):
            cursor.execute(statement)
        return int(cursor.rowcount)


def restart_stragglers() -> int:
    """Open sources on which a vote under an older question was counted while the newer one was enacted."""
    since = question_in_force().counts_since
    if since == 1:
        return 0  # there is none older, and no need to look
    stale = Vote.objects.filter(
        counted=True,
        question_version__lt=since,
        source__queue_entry__state=QueueEntry.State.VOTING,
    )
    sources = sorted(set(stale.values_list("source_id", flat=True)))
    for source_id in sources:
        _restart(source_id)
    return len(sources)


@transaction.atomic
def _restart(source_id: int) -> None:
    entry = locked_entry(source_id)
    if entry is None or entry.state != QueueEntry.State.VOTING:
        return
    since = question_in_force().counts_since
    older = Vote.objects.filter(source_id=source_id, counted=True, question_version__lt=since)
    if older.update(counted=False):
        recount_entry(entry, reason="answers to an older question were left out")
