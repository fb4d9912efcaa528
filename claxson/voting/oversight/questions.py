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

BATCH = 200
# Locked in the order of sources, as everywhere; the statements after it see every vote cast before the lock.
LOCK_SOME = """
SELECT source_id FROM voting_queueentry q
WHERE source_id > %(after)s AND state = 'voting' AND (n_votes > 0 OR n_leased > 0
    OR EXISTS (SELECT FROM voting_lease l WHERE l.source_id = q.source_id))
ORDER BY source_id LIMIT %(batch)s FOR UPDATE
"""
END_LEASES = "DELETE FROM voting_lease WHERE source_id = ANY(%(sources)s) AND question_version < %(since)s"
LEAVE_OUT = """
UPDATE voting_vote SET counted = false
WHERE source_id = ANY(%(sources)s) AND counted AND question_version < %(since)s
"""
START_AGAIN = """
UPDATE voting_queueentry q SET n_votes = 0, log_odds = '{}', priority = interest + boost, n_leased = (
    SELECT count(*) FROM voting_lease l WHERE l.source_id = q.source_id AND l.reserved
) WHERE source_id = ANY(%(sources)s)
"""


def enact(*, question: Question, reason: str, actor: User | None = None) -> Question:
    """Put the next version in force; with other answers, open sources are asked about from the start again.

    Old votes are kept and not counted, and leases end. What is closed stays as the older question decided it.
    """
    wrong = list(problems(question))
    if wrong:
        raise InvalidQuestion("; ".join(wrong))
    enacted = _enact(question, reason, actor)
    if enacted.counts_since == enacted.version:
        _restart_open_sources(enacted.version)
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
    QuestionVersion.objects.create(
        **asdict(after) | {"answers": list(after.answers)}, reason=reason, enacted_by=actor, enacted_at=Now()
    )
    record_act("question", f"version {after.version}", reason=reason, actor=actor)
    return after


def _restart_open_sources(since: int) -> None:
    """Some at a time: votes on the others need not wait, and are counted under the new question already."""
    after = 0
    while done := _restart_some(after, since):
        after = done


@transaction.atomic
def _restart_some(after: int, since: int) -> int:
    """The last source of this batch; 0 where none is left."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SOME, {"after": after, "batch": BATCH})
        sources = [source_id for (source_id,) in cursor.fetchall()]
        for statement in (END_LEASES, LEAVE_OUT, START_AGAIN):
            cursor.execute(statement, {"sources": sources, "since": since})
    newer = Vote.objects.filter(source__in=sources, counted=True).values_list("source_id", flat=True)
    for entry in QueueEntry.objects.filter(pk__in=set(newer)):
        recount_entry(entry, reason="answers to an older question were left out")
    return max(sources, default=0)


def restart_stragglers() -> int:
    """Open sources that still count votes under an older question: a crash, or a vote at that very moment."""
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
