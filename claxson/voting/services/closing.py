"""Closing and reopening sources: the state, what the crowd says, and a record of each step.

Callers hold the locks of the entries. However many sources there are, each act is as many statements.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.core.classes import DECISIVE
from claxson.core.jobs import announce
from claxson.voting.models import Consensus, ConsensusEvent, Lease, QueueEntry, Vote
from claxson.voting.rules.assignment import normalised_entropy
from claxson.voting.rules.question import Question
from claxson.voting.rules.retirement import needs_review
from claxson.voting.rules.tally import tally
from claxson.voting.services.entry import Effect

State = QueueEntry.State
ONLINE = "dawid-skene, online"
REASON_LENGTH = 200
TELL_ANEW = """
UPDATE voting_consensus c SET
    answer = n.answer, shares = n.shares, agreement = n.agreement, posterior = n.posterior,
    difficulty = n.difficulty, method = n.method
FROM json_to_recordset(%s) AS n(
    source_id bigint, answer text, shares jsonb, agreement float8, posterior jsonb, difficulty float8,
    method text
) WHERE c.source_id = n.source_id
"""


@dataclass(frozen=True)
class Count:
    """What the counted votes of one source amount to; `reason_to_close` is empty where more are asked for."""

    source_id: int
    answers: Sequence[str]
    log_odds: Sequence[float]
    posterior: Mapping[str, float]
    reason_to_close: str

    @property
    def n_votes(self) -> int:
        return len(self.answers)


def close(source_id: int, effect: Effect, question: Question) -> None:
    """For the vote that was enough; the caller has counted it."""
    votes = Vote.objects.filter(source_id=source_id, counted=True)
    answers = list(votes.values_list("answer", flat=True))
    close_all(
        [Count(source_id, answers, effect.log_odds, effect.posterior, effect.reason_to_close)], question
    )


def close_all(counts: Sequence[Count], question: Question) -> None:
    """Nobody is asked about these any more; the caller has written what they count."""
    if not counts:
        return
    after = {count.source_id: _closed_as(count, question) for count in counts}
    Lease.objects.filter(source__in=after).delete()  # whoever still looks at them will be late
    for state in set(after.values()):
        closed = [source_id for source_id, its_state in after.items() if its_state == state]
        QueueEntry.objects.filter(pk__in=closed).update(state=state, n_leased=0)
    told = [_what_the_crowd_says(count) for count in counts]
    Consensus.objects.bulk_create(Consensus(reached_at=Now(), **said) for said in told)
    ConsensusEvent.objects.bulk_create(
        _step(
            count.source_id,
            before=State.VOTING,
            after=after[count.source_id],
            answer=said["answer"],
            reason=count.reason_to_close,
        )
        for count, said in zip(counts, told, strict=True)
    )
    announce("consensus_reached")


def _closed_as(count: Count, question: Question) -> str:
    return State.REVIEW if needs_review(question, count.posterior) else State.CONSENSUS


def tell_anew(counts: Sequence[Count]) -> None:
    """The counted votes of sources that stay closed changed."""
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(TELL_ANEW, [json.dumps([_what_the_crowd_says(count) for count in counts])])


def _what_the_crowd_says(count: Count) -> dict[str, Any]:
    shares = tally(count.answers, order=DECISIVE).shares if count.answers else {}
    posterior = count.posterior
    answer = max(posterior, key=lambda key: posterior[key])
    return {
        "source_id": count.source_id,
        "answer": answer,
        "shares": shares,
        "agreement": shares.get(answer, 0.0),
        "posterior": rounded(posterior),
        "difficulty": normalised_entropy(list(posterior.values())),
        "method": ONLINE,
    }


def reopen_all(entries: Sequence[QueueEntry], *, reason: str, actor: User | None = None) -> None:
    """Ask volunteers again; what the crowd had said stays on record.

    The caller saves the entries: their state and their counters are changed together.
    """
    if not entries:
        return
    decided = Consensus.objects.filter(pk__in=[entry.pk for entry in entries])
    said = dict(decided.values_list("pk", "answer"))
    ConsensusEvent.objects.bulk_create(
        _step(
            entry.pk,
            before=entry.state,
            after=State.VOTING,
            answer=said.get(entry.pk, ""),
            reason=reason,
            actor=actor,
        )
        for entry in entries
    )
    decided.delete()
    for entry in entries:
        entry.state = State.VOTING


def record_step(source_id: int, *, before: str, after: str, **told: Any) -> None:
    """One more line in the history of a source; `told`: answer, reason, run, actor."""
    _step(source_id, before=before, after=after, **told).save()


def _step(source_id: int, **told: Any) -> ConsensusEvent:
    told["reason"] = told["reason"][:REASON_LENGTH]
    return ConsensusEvent(source_id=source_id, at=Now(), **told)


def enter_training_set(*, names: Collection[str], version: int) -> None:
    """Note which model learnt from these sources last."""
    Consensus.objects.filter(source__name__in=names).update(training_version=version)


def rounded(posterior: Mapping[str, float]) -> dict[str, float]:
    """Six digits are more than votes can tell."""
    return {answer: round(p, 6) for answer, p in posterior.items() if math.isfinite(p)}
