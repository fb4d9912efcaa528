"""Sources' counters anew from their votes, whatever changed about them: many at a time, or one."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from claxson.accounts.models import User
from claxson.voting.models import CONSENSUS_VOTES, QueueEntry, Vote
from claxson.voting.rules import evidence
from claxson.voting.rules.assignment import priority
from claxson.voting.rules.evidence import Crowd
from claxson.voting.rules.question import Question
from claxson.voting.rules.retirement import reason_to_close
from claxson.voting.services.closing import Count, close_all, reopen_all, tell_anew
from claxson.voting.services.desk import crowd_known, question_in_force

State = QueueEntry.State
# What astronomers have decided stays decided.
UNDECIDED = (State.CONSENSUS, State.REVIEW)
# Sources in one transaction of an act on thousands: votes on them wait until it is over.
STEP = 200
MANY_ENTRIES_LOCK = 0x434C5834
WRITE = """
UPDATE voting_queueentry q SET
    state = n.state, n_votes = n.n_votes, n_leased = n.n_leased, log_odds = n.log_odds, priority = n.priority
FROM json_to_recordset(%s) AS n(
    source_id bigint, state text, n_votes int, n_leased int, log_odds float8[], priority float8
) WHERE q.source_id = n.source_id
"""


def locked_entry(source_id: int) -> QueueEntry | None:
    """The queue entry, with its lock; None for a source volunteers are not asked about (gold)."""
    return next(iter(locked_entries([source_id])), None)


def locked_entries(sources: Iterable[int]) -> list[QueueEntry]:
    """Their queue entries, locked in the order of sources: whoever holds several takes them in this order."""
    return list(QueueEntry.objects.select_for_update().filter(pk__in=sources).order_by("pk"))


def change_many_entries() -> None:
    """Wait for whoever else changes many entries in one transaction: each has an order of its own.

    A vote holds one entry at most, so it waits for them and never they for each other through it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MANY_ENTRIES_LOCK])


def steps(sources: Sequence[int]) -> Iterator[Sequence[int]]:
    """What an act on thousands of sources takes at a time."""
    return (sources[start : start + STEP] for start in range(0, len(sources), STEP))


def recount_entries(entries: Sequence[QueueEntry], *, reason: str, actor: User | None = None) -> None:
    """Write what the counted votes amount to, and close or reopen sources accordingly. Needs their locks."""
    crowd, question = crowd_known(), question_in_force()
    counts = _counts([entry.pk for entry in entries], crowd, question)
    become: dict[str, list[QueueEntry]] = defaultdict(list)
    for entry in entries:
        become[_outcome(entry, counts[entry.pk])].append(entry)
    reopen_all(become["open again"], reason=reason, actor=actor)
    other = _leave_out_older_questions(become["open again"], question.counts_since)
    counts |= _counts(other, crowd, question)
    for entry in become["closed"]:
        entry.state = State.CONSENSUS
    _write(entries, counts)
    close_all([counts[entry.pk] for entry in become["closed"]], question)
    tell_anew([counts[entry.pk] for entry in become["told anew"]], question)


def _outcome(entry: QueueEntry, count: Count) -> str:
    """What becomes of a source whose counted votes are these now."""
    if entry.state == State.VOTING:
        return "closed" if count.reason_to_close else "as it was"
    if count.n_votes == entry.n_votes:
        return "as it was"
    short = count.n_votes < entry.n_votes and not count.reason_to_close
    return "open again" if entry.state in UNDECIDED and short else "told anew"


def _write(entries: Sequence[QueueEntry], counts: Mapping[int, Count]) -> None:
    rows = [_row(entry, counts[entry.pk]) for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(rows)])


def _row(entry: QueueEntry, count: Count) -> dict[str, Any]:
    progress = count.n_votes / CONSENSUS_VOTES
    return {
        "source_id": entry.pk,
        "state": entry.state,
        "n_votes": count.n_votes,
        "n_leased": entry.n_leased if entry.state == State.VOTING else 0,
        "log_odds": count.log_odds,
        "priority": priority(entry.interest, count.posterior, progress, entry.boost),
    }


def _leave_out_older_questions(entries: Sequence[QueueEntry], counts_since: int) -> list[int]:
    """Who is asked about again is asked the question in force; which sources had answers to another one."""
    sources = [entry.pk for entry in entries]
    older = Vote.objects.filter(source__in=sources, counted=True, question_version__lt=counts_since)
    had = sorted(set(older.values_list("source_id", flat=True)))
    older.filter(source__in=had).update(counted=False)
    return had


def _counts(sources: Sequence[int], crowd: Crowd, question: Question) -> dict[int, Count]:
    votes: dict[int, list[tuple[str, Sequence[float]]]] = {source_id: [] for source_id in sources}
    counted = Vote.objects.filter(source__in=sources, counted=True)
    for source_id, answer, habits in counted.values_list("source_id", "answer", "voter__record__habits"):
        votes[source_id].append((answer, habits or crowd.habits))
    return {source_id: _count(source_id, said, crowd, question) for source_id, said in votes.items()}


def _count(
    source_id: int, votes: Sequence[tuple[str, Sequence[float]]], crowd: Crowd, question: Question
) -> Count:
    rows = [evidence.of_vote(answer, habits) for answer, habits in votes]
    log_odds = [sum(column) for column in zip(*rows, strict=True)]
    posterior = evidence.posterior(log_odds, len(votes), crowd)
    answers = [answer for answer, _ in votes]
    return Count(source_id, answers, log_odds, posterior, reason_to_close(question, posterior, len(votes)))
