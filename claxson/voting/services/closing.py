"""Closing and reopening sources: the state, what the crowd says, and a record of each step.

Callers hold the locks of the entries. However many sources there are, each act is as many statements.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.core.classes import DECISIVE
from claxson.core.jobs import announce
from claxson.core.statements import rows_of
from claxson.voting.models import Consensus, ConsensusEvent, QueueEntry
from claxson.voting.rules.assignment import normalised_entropy
from claxson.voting.rules.question import Question
from claxson.voting.rules.retirement import needs_review
from claxson.voting.rules.tally import tally
from claxson.voting.services.entry import Effect

State = QueueEntry.State
ONLINE = "dawid-skene, online"
REASON_LENGTH = 200
TOLD = """
told AS (SELECT * FROM json_to_recordset(%(told)s::json) AS told(
    source_id bigint, after text, reason text, answer text, shares jsonb, agreement float8, posterior jsonb,
    difficulty float8, method text
))
"""
# Whoever still looks at them will be late.
CLOSE = f"""
WITH {TOLD}, unused AS (
    DELETE FROM voting_lease l USING told WHERE l.source_id = told.source_id
), closed AS (
    UPDATE voting_queueentry q SET state = told.after, n_leased = 0 FROM told
    WHERE q.source_id = told.source_id
), decided AS (
    INSERT INTO voting_consensus
        (source_id, answer, shares, agreement, posterior, difficulty, method, verdict, reached_at)
    SELECT source_id, answer, shares, agreement, posterior, difficulty, method, '', statement_timestamp()
    FROM told
)
INSERT INTO voting_consensusevent (source_id, before, after, answer, reason, at)
SELECT source_id, '{State.VOTING}', after, answer, reason, statement_timestamp() FROM told RETURNING source_id
"""
TELL_ANEW = f"""
WITH {TOLD} UPDATE voting_consensus c SET
    answer = told.answer, shares = told.shares, agreement = told.agreement, posterior = told.posterior,
    difficulty = told.difficulty, method = told.method
FROM told WHERE c.source_id = told.source_id RETURNING c.source_id
"""
ANSWERS = "SELECT answer FROM voting_vote WHERE source_id = %(source)s AND counted"


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
    answers = [answer for (answer,) in rows_of(ANSWERS, {"source": source_id})]
    close_all(
        [Count(source_id, answers, effect.log_odds, effect.posterior, effect.reason_to_close)], question
    )


def close_all(counts: Sequence[Count], question: Question) -> None:
    """Nobody is asked about these any more; the caller has written what they count."""
    if counts:
        rows_of(CLOSE, _told(counts, question))
        announce("consensus_reached")


def tell_anew(counts: Sequence[Count], question: Question) -> None:
    """The counted votes of sources that stay closed changed."""
    if counts:
        rows_of(TELL_ANEW, _told(counts, question))


def _told(counts: Sequence[Count], question: Question) -> dict[str, str]:
    return {"told": json.dumps([_what_the_crowd_says(count, question) for count in counts])}


def _what_the_crowd_says(count: Count, question: Question) -> dict[str, Any]:
    shares = tally(count.answers, order=DECISIVE).shares if count.answers else {}
    posterior = count.posterior
    answer = max(posterior, key=lambda key: posterior[key])
    return {
        "source_id": count.source_id,
        "after": State.REVIEW if needs_review(question, posterior) else State.CONSENSUS,
        "reason": count.reason_to_close[:REASON_LENGTH],
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
