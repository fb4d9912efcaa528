"""What became of the sources somebody answered for."""

from dataclasses import dataclass
from enum import StrEnum

from claxson.core.classes import Answer
from claxson.voting.models import Lease, QueueEntry, Vote


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    REVIEW = "review"
    KNOWN = "known"


@dataclass(frozen=True)
class Outcome:
    """One answer; `said` is the class told or the crowd's (or astronomers') answer, "" where none is yet."""

    name: str
    answer: str
    state: State
    said: str = ""
    agreed: bool | None = None


def outcome(vote: Vote) -> Outcome:
    """Gold that is never told looks like a source that waits for more answers."""
    state, said = _state(vote)
    agreed = None if not said or vote.answer == Answer.UNSURE else said == vote.answer
    label = str(Answer(said).label) if said else ""
    return Outcome(vote.source.name, str(Answer(vote.answer).label), state, label, agreed)


def _state(vote: Vote) -> tuple[State, str]:
    if vote.gold_class:
        told = vote.mode == Lease.Mode.TRAINING
        return (State.KNOWN, vote.gold_class) if told else (State.OPEN, "")
    entry: QueueEntry | None = getattr(vote.source, "queue_entry", None)
    consensus = getattr(vote.source, "consensus", None)
    if consensus is None or entry is None or entry.state == QueueEntry.State.VOTING:
        return State.OPEN, ""
    state = State.REVIEW if entry.state == QueueEntry.State.REVIEW else State.CLOSED
    return state, consensus.verdict or consensus.answer
