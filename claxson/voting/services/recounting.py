"""One source's counters anew from its votes, whatever changed about them."""

from collections.abc import Iterable

from claxson.accounts.models import User
from claxson.voting.models import CONSENSUS_VOTES, QueueEntry, Vote
from claxson.voting.rules import evidence
from claxson.voting.rules.assignment import priority
from claxson.voting.rules.evidence import Crowd
from claxson.voting.rules.retirement import reason_to_close
from claxson.voting.services.closing import close, reopen
from claxson.voting.services.desk import crowd_known, question_in_force

# What astronomers have decided stays decided.
UNDECIDED = (QueueEntry.State.CONSENSUS, QueueEntry.State.REVIEW)


def locked_entry(source_id: int) -> QueueEntry | None:
    """The queue entry, with its lock; None for a source volunteers are not asked about (gold)."""
    return QueueEntry.objects.select_for_update().filter(pk=source_id).first()


def recount_entry(entry: QueueEntry, *, reason: str, actor: User | None = None) -> None:
    """Write what the counted votes amount to, and close or reopen the source accordingly. Needs the lock."""
    crowd, question = crowd_known(), question_in_force()
    log_odds, n_votes = _sum_of(_counted(entry.pk), crowd)
    posterior = evidence.posterior(log_odds, n_votes, crowd)
    why = reason_to_close(question, posterior, n_votes)
    if entry.state in UNDECIDED and n_votes < entry.n_votes and not why:
        reopen(entry.pk, n_votes, reason=reason, actor=actor)
        entry.state = QueueEntry.State.VOTING
    closes = entry.state == QueueEntry.State.VOTING and why
    if closes:
        entry.state = QueueEntry.State.CONSENSUS
        entry.n_leased = 0
    entry.n_votes, entry.log_odds = n_votes, log_odds
    entry.priority = priority(entry.interest, posterior, n_votes / CONSENSUS_VOTES, entry.boost)
    entry.save(update_fields=["state", "n_leased", "n_votes", "log_odds", "priority"])
    if closes:
        close(entry.pk, posterior, question, why)


def _counted(source_id: int) -> Iterable[tuple[str, list[float] | None]]:
    votes = Vote.objects.filter(source_id=source_id, counted=True)
    return votes.values_list("answer", "voter__record__habits")


def _sum_of(votes: Iterable[tuple[str, list[float] | None]], crowd: Crowd) -> tuple[list[float], int]:
    rows = [evidence.of_vote(answer, habits or crowd.habits) for answer, habits in votes]
    return [sum(column) for column in zip(*rows, strict=True)], len(rows)
