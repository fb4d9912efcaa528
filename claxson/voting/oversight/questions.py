"""The question's versions: what volunteers are asked, and by which rules their answers count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.voting.errors import InvalidQuestion
from claxson.voting.models import Lease, QuestionVersion, QueueEntry, Vote
from claxson.voting.oversight.audit import record_act
from claxson.voting.rules.question import Question, problems, succeed
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.recounting import (
    change_many_entries,
    locked_entries,
    recount_entries,
    steps,
)

State = QueueEntry.State
QUESTION_LOCK = 0x434C5833


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
    begun = Q(n_votes__gt=0) | Q(n_leased__gt=0) | Exists(Lease.objects.filter(source=OuterRef("pk")))
    still_open = QueueEntry.objects.filter(begun, state=State.VOTING).order_by("pk")
    _restart(list(still_open.values_list("pk", flat=True)), since)


def restart_stragglers() -> int:
    """Open sources that still count votes under an older question: a crash, or a vote at that very moment."""
    since = question_in_force().counts_since
    if since == 1:
        return 0  # there is none older, and no need to look
    stale = _older(since).filter(source__queue_entry__state=State.VOTING)
    sources = sorted(set(stale.values_list("source_id", flat=True)))
    _restart(sources, since)
    return len(sources)


def _restart(sources: Sequence[int], since: int) -> None:
    for some in steps(sources):
        _restart_some(some, since)


@transaction.atomic
def _restart_some(sources: Sequence[int], since: int) -> None:
    """The statements after the locks see every vote cast before them."""
    change_many_entries()
    entries = [entry for entry in locked_entries(sources) if entry.state == State.VOTING]
    still_open = [entry.pk for entry in entries]
    Lease.objects.filter(source__in=still_open, question_version__lt=since).delete()
    reserved = Lease.objects.filter(source__in=still_open, reserved=True).values_list("source_id", flat=True)
    places = Counter(reserved)
    for entry in entries:
        entry.n_leased = places[entry.pk]
    _older(since).filter(source__in=still_open).update(counted=False)
    recount_entries(entries, reason="answers to an older question were left out")


def _older(since: int) -> QuerySet[Vote]:
    return Vote.objects.filter(counted=True, question_version__lt=since)
