"""Writes on votes: the vote, its counter and the consensus it may complete are one transaction."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.core.classes import DECISIVE
from claxson.core.jobs import announce
from claxson.voting.consensus import tally
from claxson.voting.errors import AlreadyVoted, KeyReused, UnknownSource
from claxson.voting.models import CONSENSUS_VOTES, Consensus, QueueEntry, Vote

# One statement: the queue entry is locked, the vote inserted unless voter or key were seen before, and the
# counter moved by what was inserted. Of two twentieth votes at once the second waits, and is not counted.
CAST = """
WITH entry AS (
    SELECT source_id, state = 'voting' AS is_open
    FROM voting_queueentry WHERE source_id = %(source_id)s FOR UPDATE
), cast_vote AS (
    INSERT INTO voting_vote
        (key, voter_id, source_id, question_version, answer, nothing_seen, comment, counted, cast_at)
    SELECT %(key)s, %(voter_id)s, source_id, 1, %(answer)s, %(nothing_seen)s, %(comment)s,
           is_open AND %(decisive)s, %(cast_at)s
    FROM entry ON CONFLICT DO NOTHING RETURNING id, source_id, counted
)
UPDATE voting_queueentry AS queue SET
    n_votes = queue.n_votes + counted::int,
    state = CASE WHEN queue.n_votes + counted::int = %(needed)s THEN 'consensus' ELSE queue.state END
FROM cast_vote WHERE queue.source_id = cast_vote.source_id
RETURNING cast_vote.id, cast_vote.counted, queue.n_votes
"""


@dataclass(frozen=True)
class Ballot:
    """What a client sends: `key` is its own, so that the same request again is the same vote."""

    source_id: int
    answer: str
    key: UUID
    nothing_seen: bool = False
    comment: str = ""


@dataclass(frozen=True)
class CastVote:
    """What became of a ballot."""

    vote_id: int
    counted: bool
    n_votes: int
    replayed: bool = False
    reached_consensus: bool = False


def cast_vote(*, voter: Voter, ballot: Ballot) -> CastVote:
    """Store a vote once and for ever, count it, and close the source with the twentieth."""
    with transaction.atomic():
        row = _insert(voter, ballot, timezone.now())
        if row is None:
            return _first_vote(voter, ballot)
        vote_id, counted, n_votes = row
        closes = counted and n_votes == CONSENSUS_VOTES
        if closes:
            _reach_consensus(ballot.source_id)
    return CastVote(vote_id, counted, n_votes, reached_consensus=closes)


def _insert(voter: Voter, ballot: Ballot, now: dt.datetime) -> tuple[int, bool, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            CAST,
            {
                "source_id": ballot.source_id,
                "voter_id": voter.pk,
                "key": ballot.key,
                "answer": ballot.answer,
                "decisive": ballot.answer in DECISIVE,
                "nothing_seen": ballot.nothing_seen,
                "comment": ballot.comment,
                "cast_at": now,
                "needed": CONSENSUS_VOTES,
            },
        )
        row: tuple[int, bool, int] | None = cursor.fetchone()
        return row


def _first_vote(voter: Voter, ballot: Ballot) -> CastVote:
    """The stored vote where this request was made before; the fitting refusal where it was not."""
    stored = Vote.objects.filter(key=ballot.key).first()
    entry = QueueEntry.objects.filter(pk=ballot.source_id).first()
    if entry is None:
        raise UnknownSource("There is no such source open to votes; nothing was stored.")
    if stored is None:
        raise AlreadyVoted("You have voted on this source before; your first vote stands.")
    same = (stored.voter_id, stored.source_id, stored.answer) == (voter.pk, ballot.source_id, ballot.answer)
    if not same:
        raise KeyReused(
            "This key belongs to another vote; nothing was stored. Reload the page and vote again."
        )
    return CastVote(stored.pk, stored.counted, entry.n_votes, replayed=True)


def _reach_consensus(source_id: int) -> None:
    votes = Vote.objects.filter(source_id=source_id, counted=True)
    result = tally(list(votes.values_list("answer", flat=True)), order=DECISIVE)
    Consensus.objects.create(
        source_id=source_id,
        answer=result.answer,
        shares=result.shares,
        agreement=result.agreement,
        reached_at=timezone.now(),
    )
    announce("consensus_reached")


@transaction.atomic
def store_posteriors(*, posteriors: Mapping[int, Mapping[str, float]], method: str) -> None:
    """What all votes together say of each closed source (source id -> answer -> probability)."""
    rows = [
        Consensus(pk=pk, posterior=dict(posterior), method=method) for pk, posterior in posteriors.items()
    ]
    Consensus.objects.bulk_update(rows, ["posterior", "method"], batch_size=1000)


@transaction.atomic
def set_priorities(*, priorities: Mapping[int, float]) -> None:
    """How much each queued source is worth looking at (source id -> priority)."""
    rows = [QueueEntry(pk=pk, priority=value) for pk, value in priorities.items()]
    QueueEntry.objects.bulk_update(rows, ["priority"], batch_size=1000)
