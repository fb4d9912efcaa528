"""What a run found, back into the database: only what changed, by COPY and one UPDATE each."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection

from classifier.aggregation import Aggregation
from claxson.core.classes import DECISIVE
from claxson.core.staging import stage
from claxson.voting.aggregation.reading import FloatArray, VoteTable
from claxson.voting.models import ConsensusRun, QueueEntry
from claxson.voting.rules.question import Question

# Posteriors closer than this are the same: a run that learnt nothing new writes nothing.
SAME = 1e-3

WRITE = """
WITH new AS (
    SELECT n.source_id, n.answer, n.p, n.entropy,
           jsonb_build_object({pairs}) AS posterior
    FROM new_posterior n
), written AS (
    UPDATE voting_consensus c SET
        answer = new.answer, posterior = new.posterior, difficulty = new.entropy, method = %(method)s,
        run_id = %(run)s, agreement = coalesce((c.shares ->> new.answer)::float8, 0)
    FROM new WHERE c.source_id = new.source_id AND (
        c.method <> %(method)s OR c.answer <> new.answer
        OR abs((c.posterior ->> new.answer)::float8 - new.p) > %(same)s
    ) RETURNING c.source_id, c.answer, new.p
), moved AS (
    SELECT w.source_id, w.answer, w.p, q.state AS before,
           CASE WHEN w.p < %(review_below)s THEN 'review' ELSE 'consensus' END AS after
    FROM written w JOIN voting_queueentry q USING (source_id) WHERE q.state IN ('consensus', 'review')
), stepped AS (
    UPDATE voting_queueentry q SET state = moved.after
    FROM moved WHERE q.source_id = moved.source_id AND moved.before <> moved.after
    RETURNING q.source_id, moved.before, moved.after, moved.answer, moved.p
), told AS (
    INSERT INTO voting_consensusevent (source_id, before, after, answer, reason, run_id, at)
    SELECT source_id, before, after, answer, format('P = %%s by all votes', round(p::numeric, 4)),
           %(run)s, statement_timestamp() FROM stepped
) SELECT count(*) FROM written
"""


def write_posteriors(result: Aggregation, run: ConsensusRun, question: Question) -> int:
    """The crowd's answer on each closed source, and the steps to review and back; how many changed."""
    closed = set(QueueEntry.objects.exclude(state="voting").values_list("pk", flat=True))
    rows = [row for row, item in enumerate(result.items.tolist()) if item in closed]
    with connection.cursor() as cursor:
        names = ", ".join(f"p{k} float8" for k in range(len(DECISIVE)))
        columns = f"source_id bigint, answer text, p float8, entropy float8, {names}"
        stage(cursor, "new_posterior", columns, _posterior_rows(result, np.array(rows, dtype=np.intp)))
        pairs = ", ".join(f"'{answer}', round(n.p{k}::numeric, 6)" for k, answer in enumerate(DECISIVE))
        settings: dict[str, Any] = {
            "method": result.method,
            "run": run.pk,
            "same": SAME,
            "review_below": question.review_below,
        }
        cursor.execute(WRITE.format(pairs=pairs), settings)
        return int(cursor.fetchone()[0])


def _posterior_rows(result: Aggregation, rows: np.ndarray) -> Iterable[Sequence[Any]]:
    posterior = result.posterior[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        nats = -np.nansum(posterior * np.log(posterior), axis=1)
    entropy = (nats / np.log(len(DECISIVE))).tolist()
    best = posterior.argmax(axis=1)
    answers = [DECISIVE[k] for k in best]
    top = posterior.max(axis=1).tolist()
    items = result.items[rows].tolist()
    return zip(items, answers, top, entropy, *posterior.T.tolist(), strict=True)


def write_habits(result: Aggregation) -> None:
    """How each voter answers, for the votes to come."""
    habits = _habits(result)
    flat = habits.reshape(len(habits), -1).tolist()
    with connection.cursor() as cursor:
        rows = zip(result.voters.tolist(), flat, strict=True)
        stage(cursor, "new_habits", "id bigint, habits float8[]", rows)
        cursor.execute(
            "UPDATE voting_voterrecord r SET habits = n.habits FROM new_habits n WHERE r.id = n.id"
            " AND r.habits IS DISTINCT FROM n.habits"
        )


def write_open_evidence(result: Aggregation, votes: VoteTable) -> None:
    """The sums over the votes of open sources, by the new habits.

    Where a vote was cast or taken back since these were read the entry is left as it is, until the next run.
    """
    habits = _habits(result)
    still_open = QueueEntry.objects.filter(state="voting", n_votes__gt=0).values_list("pk", flat=True)
    kept = np.isin(votes.item, np.fromiter(still_open, dtype=np.int64))
    if not kept.any():
        return
    items, row = np.unique(votes.item[kept], return_inverse=True)
    voter = np.searchsorted(result.voters, votes.voter[kept])
    logs = np.log(habits[voter, :, votes.label[kept]])
    sums = np.stack([np.bincount(row, column, minlength=len(items)) for column in logs.T], axis=1)
    n_votes = np.bincount(row, minlength=len(items))
    with connection.cursor() as cursor:
        rows = zip(items.tolist(), n_votes.tolist(), sums.tolist(), strict=True)
        stage(cursor, "new_evidence", "id bigint, n int, log_odds float8[]", rows)
        cursor.execute(
            "UPDATE voting_queueentry q SET log_odds = n.log_odds FROM new_evidence n"
            " WHERE q.source_id = n.id AND q.n_votes = n.n AND q.state = 'voting'"
        )


def _habits(result: Aggregation) -> FloatArray:
    """(n_voters, K, K), in the order of `result.voters`."""
    return np.stack([result.habits_of(voter) for voter in result.voters.tolist()])
