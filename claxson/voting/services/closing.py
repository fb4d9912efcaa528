"""Closing and reopening a source: the state, what the crowd says, and a record of each step."""

import math
from collections.abc import Collection, Mapping
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
    after = State.REVIEW if needs_review(question, posterior) else State.CONSENSUS
    Lease.objects.filter(source_id=source_id).delete()  # whoever still looks at it will be late
    QueueEntry.objects.filter(pk=source_id).update(state=after, n_leased=0)
    told = _what_the_crowd_says(source_id, posterior)
    Consensus.objects.create(source_id=source_id, reached_at=Now(), **told)
    record_step(source_id, before=State.VOTING, after=after, answer=told["answer"], reason=reason)
    announce("consensus_reached")


def tell_anew(source_id: int, posterior: Mapping[str, float]) -> None:
    """The counted votes of a source that stays closed changed. The caller holds the entry's lock."""
    Consensus.objects.filter(pk=source_id).update(**_what_the_crowd_says(source_id, posterior))


def _what_the_crowd_says(source_id: int, posterior: Mapping[str, float]) -> dict[str, Any]:
    counted = Vote.objects.filter(source_id=source_id, counted=True)
    answers = list(counted.values_list("answer", flat=True))
    shares = tally(answers, order=DECISIVE).shares if answers else {}
    answer = max(posterior, key=lambda key: posterior[key])
    return {
        "answer": answer,
        "shares": shares,
        "agreement": shares.get(answer, 0.0),
        "posterior": rounded(posterior),
        "difficulty": normalised_entropy(list(posterior.values())),
        "method": ONLINE,
    }


def reopen(entry: QueueEntry, *, reason: str, actor: User | None = None) -> None:
    """Ask volunteers again; what the crowd had said stays on record.

    The caller holds the entry's lock, and saves it: its state and its counters are changed together.
    """
    before = Consensus.objects.filter(pk=entry.pk).first()
    record_step(
        entry.pk,
        before=entry.state,
        after=State.VOTING,
        answer=before.answer if before else "",
        reason=reason,
        actor=actor,
    )
    Consensus.objects.filter(pk=entry.pk).delete()
    entry.state = State.VOTING


def record_step(source_id: int, *, before: str, after: str, **told: Any) -> None:
    """One more line in the history of a source; `told`: answer, reason, run, actor."""
    told["reason"] = told["reason"][:REASON_LENGTH]
    ConsensusEvent.objects.create(source_id=source_id, before=before, after=after, at=Now(), **told)


def enter_training_set(*, names: Collection[str], version: int) -> None:
    """Note which model learnt from these sources last."""
    Consensus.objects.filter(source__name__in=names).update(training_version=version)


def rounded(posterior: Mapping[str, float]) -> dict[str, float]:
    """Six digits are more than votes can tell."""
    return {answer: round(p, 6) for answer, p in posterior.items() if math.isfinite(p)}
