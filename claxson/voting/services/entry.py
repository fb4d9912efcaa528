"""A source's place in the queue as a vote finds it, and what the vote will make of it."""

from dataclasses import dataclass
from typing import Any

from claxson.core.statements import row_of
from claxson.voting.models import CONSENSUS_VOTES
from claxson.voting.rules import evidence
from claxson.voting.rules.assignment import STEP, priority
from claxson.voting.rules.question import Question
from claxson.voting.rules.retirement import reason_to_close

# `xmin` is another one after every change to the row, whoever makes it.
ENTRY_COLUMNS = ("xmin::text", "n_votes", "log_odds", "interest", "boost", "priority")
LOCK = f"SELECT {', '.join(ENTRY_COLUMNS)} FROM voting_queueentry WHERE source_id = %(source)s FOR UPDATE"


@dataclass(frozen=True)
class Entry:
    """One row of the queue, at one moment."""

    row_version: str
    n_votes: int
    log_odds: list[float]
    interest: float
    boost: float
    priority: float


@dataclass(frozen=True)
class Effect:
    """What an entry becomes if the vote counts; `reason_to_close` is empty where more votes are asked for."""

    entry: Entry
    log_odds: list[float]
    posterior: dict[str, float]
    priority: float
    reason_to_close: str

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "row_version": self.entry.row_version,
            "log_odds": self.log_odds,
            "priority": self.priority,
        }


def locked_entry(source_id: int) -> Entry | None:
    """As it stays until the transaction ends."""
    row = row_of(LOCK, {"source": source_id})
    return None if row is None else Entry(*row)


def effect_of_vote(entry: Entry, said: list[float], crowd: evidence.Crowd, question: Question) -> Effect:
    """`said` is what the vote adds to the log-odds."""
    before = entry.log_odds or [0.0] * evidence.K
    log_odds = [o + e for o, e in zip(before, said, strict=True)]
    n_votes = entry.n_votes + 1
    posterior = evidence.posterior(log_odds, n_votes, crowd)
    now = priority(entry.interest, posterior, n_votes / CONSENSUS_VOTES, entry.boost)
    moves = abs(now - entry.priority) >= STEP
    reason = reason_to_close(question, posterior, n_votes)
    return Effect(entry, log_odds, posterior, now if moves else entry.priority, reason)
