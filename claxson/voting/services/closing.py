"""Closing and reopening a source: the state, what the crowd says, and a record of each step."""

import math
from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.core.classes import DECISIVE
from claxson.core.jobs import announce
from claxson.voting.models import Consensus, ConsensusEvent, Lease, QueueEntry, Vote
from claxson.voting.rules.assignment import normalised_entropy
from claxson.voting.rules.question import Question
from claxson.voting.rules.retirement import needs_review
from claxson.voting.rules.tally import tally

State = QueueEntry.State
ONLINE = "dawid-skene, online"
REASON_LENGTH = 200


def close(source_id: int, posterior: Mapping[str, float], question: Question, reason: str) -> None:
    """The caller holds the entry's lock, and has counted the vote that was enough."""
    counted = Vote.objects.filter(source_id=source_id, counted=True)
    result = tally(list(counted.values_list("answer", flat=True)), order=DECISIVE)
    after = State.REVIEW if needs_review(question, posterior) else State.CONSENSUS
    Lease.objects.filter(source_id=source_id).delete()  # whoever still looks at it will be late
    QueueEntry.objects.filter(pk=source_id).update(state=after, n_leased=0)
    answer = max(posterior, key=lambda key: posterior[key])
    Consensus.objects.create(
        source_id=source_id,
        answer=answer,
        shares=result.shares,
        agreement=result.shares.get(answer, 0.0),
        posterior=rounded(posterior),
        difficulty=normalised_entropy(list(posterior.values())),
        method=ONLINE,
        reached_at=Now(),
    )
    record_step(source_id, before=State.VOTING, after=after, answer=answer, reason=reason)
    announce("consensus_reached")


def reopen(source_id: int, n_votes: int, *, reason: str, actor: User | None = None) -> None:
    """Ask volunteers again, who have so many counted votes yet; what the crowd had said stays on record.

    The caller holds the entry's lock.
    """
    entry = QueueEntry.objects.get(pk=source_id)
    before = Consensus.objects.filter(pk=source_id).first()
    record_step(
        source_id,
        before=entry.state,
        after=State.VOTING,
        answer=before.answer if before else "",
        reason=reason,
        actor=actor,
    )
    Consensus.objects.filter(pk=source_id).delete()
    QueueEntry.objects.filter(pk=source_id).update(state=State.VOTING, n_votes=n_votes)


def record_step(source_id: int, *, before: str, after: str, **told: Any) -> None:
    """One more line in the history of a source; `told`: answer, reason, run, actor."""
    told["reason"] = told["reason"][:REASON_LENGTH]
    ConsensusEvent.objects.create(source_id=source_id, before=before, after=after, at=Now(), **told)


def rounded(posterior: Mapping[str, float]) -> dict[str, float]:
    """Six digits are more than votes can tell."""
    return {answer: round(p, 6) for answer, p in posterior.items() if math.isfinite(p)}
