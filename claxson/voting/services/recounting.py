"""One source's counters anew from its votes, whatever changed about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from claxson.accounts.models import User
from claxson.voting.models import CONSENSUS_VOTES, QueueEntry, Vote
from claxson.voting.rules import evidence
from claxson.voting.rules.assignment import priority
from claxson.voting.rules.evidence import Crowd
from claxson.voting.rules.retirement import reason_to_close
from claxson.voting.services.closing import close, reopen, tell_anew
from claxson.voting.services.desk import crowd_known, question_in_force

# What astronomers have decided stays decided.
UNDECIDED = (QueueEntry.State.CONSENSUS, QueueEntry.State.REVIEW)


@dataclass(frozen=True)
class _Count:
    """What the counted votes of one source amount to."""

    n_votes: int
    log_odds: list[float]
    posterior: dict[str, float]


def locked_entry(source_id: int) -> QueueEntry | None:
    """The queue entry, with its lock; None for a source volunteers are not asked about (gold)."""
    return QueueEntry.objects.select_for_update().filter(pk=source_id).first()


def recount_entry(entry: QueueEntry, *, reason: str, actor: User | None = None) -> None:
    """Write what the counted votes amount to, and close or reopen the source accordingly. Needs the lock."""
    crowd, question, before = crowd_known(), question_in_force(), entry.n_votes
    count = _count(entry.pk, crowd)
    why = reason_to_close(question, count.posterior, count.n_votes)
    if entry.state in UNDECIDED and count.n_votes < before and not why:
        reopen(entry, reason=reason, actor=actor)
        if _leave_out_older_questions(entry.pk, question.counts_since):
            count = _count(entry.pk, crowd)
    closes = entry.state == QueueEntry.State.VOTING and why
    if closes:
        entry.state = QueueEntry.State.CONSENSUS
    _write(entry, count)
    if closes:
        close(entry.pk, count.posterior, question, why)
    elif entry.state != QueueEntry.State.VOTING and count.n_votes != before:
        tell_anew(entry.pk, count.posterior)


def _write(entry: QueueEntry, count: _Count) -> None:
    if entry.state != QueueEntry.State.VOTING:
        entry.n_leased = 0
    entry.n_votes, entry.log_odds = count.n_votes, count.log_odds
    progress = count.n_votes / CONSENSUS_VOTES
    entry.priority = priority(entry.interest, count.posterior, progress, entry.boost)
    entry.save(update_fields=["state", "n_leased", "n_votes", "log_odds", "priority"])


def _count(source_id: int, crowd: Crowd) -> _Count:
    log_odds, n_votes = _sum_of(_counted(source_id), crowd)
    return _Count(n_votes, log_odds, evidence.posterior(log_odds, n_votes, crowd))


def _leave_out_older_questions(source_id: int, counts_since: int) -> int:
    """A source that is asked about again is asked the question in force; other answers do not mix with it."""
    older = Vote.objects.filter(source_id=source_id, counted=True, question_version__lt=counts_since)
    return older.update(counted=False)


def _counted(source_id: int) -> Iterable[tuple[str, list[float] | None]]:
    votes = Vote.objects.filter(source_id=source_id, counted=True)
    return votes.values_list("answer", "voter__record__habits")


def _sum_of(votes: Iterable[tuple[str, list[float] | None]], crowd: Crowd) -> tuple[list[float], int]:
    rows = [evidence.of_vote(answer, habits or crowd.habits) for answer, habits in votes]
    return [sum(column) for column in zip(*rows, strict=True)], len(rows)
