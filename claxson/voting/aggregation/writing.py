"""What a run found, back into the database: only what changed, by COPY and one UPDATE each."""

from typing import Any

import numpy as np
from django.db import connection

from classifier.aggregation import Aggregation
from claxson.core.classes import DECISIVE
from claxson.core.staging import stage_arrays
from claxson.voting.aggregation.reading import FloatArray
from claxson.voting.models import ConsensusRun
from claxson.voting.rules.question import Question

# Posteriors closer than this are the same: a run that learnt nothing new writes nothing.
SAME = 1e-3
# Six digits are more than votes can tell.
DIGITS = 6

PAIRS = ", ".join(f"'{answer}', n.posterior[{k}]" for k, answer in enumerate(DECISIVE, start=1))
WRITE = f"""
WITH new AS (
    SELECT source_id, p, entropy, posterior, (%(answers)s::text[])[best + 1] AS answer FROM new_posterior
), written AS (
    UPDATE voting_consensus c SET
        answer = n.answer, posterior = jsonb_build_object({PAIRS}), difficulty = n.entropy,
        method = %(method)s, run_id = %(run)s, agreement = coalesce((c.shares ->> n.answer)::float8, 0)
    FROM new n JOIN voting_queueentry q USING (source_id)
    WHERE c.source_id = n.source_id AND q.state <> 'voting' AND (
        c.method <> %(method)s OR c.answer <> n.answer
        OR abs((c.posterior ->> n.answer)::float8 - n.p) > %(same)s
    ) RETURNING c.source_id, c.answer, n.p, q.state AS before,
        CASE WHEN n.p < %(review_below)s THEN 'review' ELSE 'consensus' END AS after
), stepped AS (
    UPDATE voting_queueentry q SET state = w.after
    FROM written w WHERE q.source_id = w.source_id AND w.before IN ('consensus', 'review')
        AND w.before <> w.after
    RETURNING q.source_id, w.before, w.after, w.answer, w.p
), told AS (
    INSERT INTO voting_consensusevent (source_id, before, after, answer, reason, run_id, at)
    SELECT source_id, before, after, answer, format('P = %%s by all votes', round(p::numeric, 4)),
           %(run)s, statement_timestamp() FROM stepped
) SELECT count(*) FROM written
"""


def write_posteriors(result: Aggregation, run: ConsensusRun, question: Question) -> int:
    """The crowd's answer on each closed source, and the steps to review and back; how many changed."""
    posterior = result.posterior
    columns = {
        "source_id": result.items,
        "best": result.label.astype(np.int32),
        "p": posterior.max(axis=1),
        "entropy": _entropy(posterior),
        "posterior": posterior.round(DIGITS),
    }
    settings: dict[str, Any] = {
        "answers": list(DECISIVE),
        "method": result.method,
        "run": run.pk,
        "same": SAME,
        "review_below": question.review_below,
    }
    with connection.cursor() as cursor:
        stage_arrays(cursor, "new_posterior", columns)
        cursor.execute(WRITE, settings)
        return int(cursor.fetchone()[0])


def _entropy(posterior: FloatArray) -> FloatArray:
    """From 0, one class for sure, to 1, all alike."""
    nats = -(posterior * np.log(np.maximum(posterior, np.finfo(float).tiny))).sum(axis=1)
    return np.asarray(nats / np.log(posterior.shape[1]))


def write_habits(result: Aggregation) -> None:
    """How each voter answers, for the votes to come."""
    habits = result.habits.reshape(len(result.voters), -1)
    with connection.cursor() as cursor:
        stage_arrays(cursor, "new_habits", {"id": result.voters, "habits": habits})
        cursor.execute(
            "UPDATE voting_voterrecord r SET habits = n.habits FROM new_habits n WHERE r.id = n.id"
            " AND r.habits IS DISTINCT FROM n.habits"
        )


def write_open_evidence(result: Aggregation) -> None:
    """The sums over the votes of open sources, by the new habits.

    Where a vote was cast or taken back since these were read the entry is left as it is, until the next run.
    """
    columns = {"id": result.items, "n": result.n_votes, "log_odds": result.evidence}
    with connection.cursor() as cursor:
        stage_arrays(cursor, "new_evidence", columns)
        cursor.execute(
            "UPDATE voting_queueentry q SET log_odds = n.log_odds FROM new_evidence n"
            " WHERE q.source_id = n.id AND q.n_votes = n.n AND q.state = 'voting'"
            " AND q.log_odds IS DISTINCT FROM n.log_odds"
        )
