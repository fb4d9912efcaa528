"""Reads over votes and the queue."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from claxson.accounts.models import Voter
from claxson.core.classes import Answer
from claxson.voting.models import CONSENSUS_VOTES, ActiveDay, Consensus, QueueEntry, Vote
from claxson.voting.rules.training import WINDOW


@dataclass(frozen=True)
class VoteState:
    """How far the vote on a source is; what the crowd said only once it is closed."""

    n_votes: int
    needed: int
    consensus: Consensus | None


def vote_state(source_id: int) -> VoteState | None:
    """None where volunteers are not asked about this source."""
    entry = QueueEntry.objects.filter(pk=source_id).first()
    if entry is None:
        return None
    return VoteState(entry.n_votes, CONSENSUS_VOTES, Consensus.objects.filter(pk=source_id).first())


def vote_by(voter: Voter, source_id: int) -> Vote | None:
    return Vote.objects.filter(voter=voter, source_id=source_id, withdrawn_at=None).first()


def vote_days(voter: Voter) -> list[dt.date]:
    """The days (of their own time zone) on which this voter voted, newest first."""
    return list(
        ActiveDay.objects.filter(voter=voter, n_votes__gt=0).order_by("-day").values_list("day", flat=True)
    )


def last_gold_answers(voter: UUID) -> list[bool]:
    """Whether each of the newest answers on gold was right, newest first; `unsure` is no answer."""
    answers = Vote.objects.filter(voter=voter, withdrawn_at=None).exclude(gold_class="")
    newest = (
        answers.exclude(answer=Answer.UNSURE).order_by("-id").values_list("answer", "gold_class")[:WINDOW]
    )
    return [answer == gold_class for answer, gold_class in newest]
