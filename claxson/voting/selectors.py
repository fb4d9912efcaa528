"""Reads over votes and the queue."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from claxson.accounts.models import Voter
from claxson.voting.models import CONSENSUS_VOTES, Consensus, QueueEntry, Vote


@dataclass(frozen=True)
class VoteState:
    """How far the vote on a source is; what the crowd said only once it is closed."""

    n_votes: int
    needed: int
    consensus: Consensus | None


@dataclass(frozen=True)
class CountedVote:
    """A counted vote on a source that is closed."""

    source_id: int
    voter_id: UUID
    answer: str


def next_source_name(voter: Voter | None) -> str | None:
    """The open source most worth looking at that this voter has not voted on; None when nothing is left."""
    entries = QueueEntry.objects.filter(state=QueueEntry.State.VOTING)
    if voter is not None:
        entries = entries.exclude(source__votes__voter=voter)
    return entries.order_by("-priority", "source_id").values_list("source__name", flat=True).first()


def vote_state(source_id: int) -> VoteState | None:
    """None where volunteers are not asked about this source."""
    entry = QueueEntry.objects.filter(pk=source_id).first()
    if entry is None:
        return None
    return VoteState(entry.n_votes, CONSENSUS_VOTES, Consensus.objects.filter(pk=source_id).first())


def vote_by(voter: Voter, source_id: int) -> Vote | None:
    return Vote.objects.filter(voter=voter, source_id=source_id).first()


def vote_days(voter: Voter) -> list[dt.date]:
    """The days (UTC) on which this voter voted, newest first."""
    return list(Vote.objects.filter(voter=voter).dates("cast_at", "day", order="DESC"))


def counted_votes_of_closed_sources() -> Iterator[CountedVote]:
    rows = Vote.objects.filter(counted=True, source__queue_entry__state=QueueEntry.State.CONSENSUS)
    for source_id, voter_id, answer in (
        rows.order_by("id").values_list("source_id", "voter_id", "answer").iterator()
    ):
        yield CountedVote(source_id, voter_id, answer)
