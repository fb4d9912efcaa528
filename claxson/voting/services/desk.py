"""What a vote and a lease need to know beforehand: the voter, the question in force, the crowd; one query."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from classifier.aggregation.calibration import Calibration
from claxson.accounts.models import Voter
from claxson.voting.models import ConsensusRun, QuestionVersion
from claxson.voting.rules import evidence
from claxson.voting.rules.question import FIRST, GOLD_NEEDED, Question

DESK = f"""
SELECT r.n_votes, r.trained_at, r.quarantined_at, r.habits, r.tokens,
       extract(epoch FROM statement_timestamp() - r.tokens_at) AS tokens_age_s,
       gold.gold_class, gold.hidden,
       EXISTS (SELECT FROM voting_goldsource OFFSET {GOLD_NEEDED - 1}) AS enough_gold,
       q.version, q.counts_since, q.answers, q.wording, q.trained_only,
       q.adaptive, q.certainty, q.least_votes, q.review_below, q.random_share,
       run.class_shares, run.crowd, run.scale, run.dependence
FROM voting_voterrecord r
LEFT JOIN voting_goldsource gold ON gold.source_id = %(source)s
LEFT JOIN LATERAL (SELECT * FROM voting_questionversion ORDER BY version DESC LIMIT 1) q ON true
LEFT JOIN LATERAL (
    SELECT class_shares, crowd, scale, dependence FROM voting_consensusrun ORDER BY id DESC LIMIT 1
) run ON true
WHERE r.voter_id = %(voter)s
"""  # a constant of ours


@dataclass(frozen=True)
class Desk:
    """One voter at work; `gold_class` is that of the source before them, empty where it has none."""

    n_votes: int
    trained: bool
    quarantined: bool
    habits: tuple[float, ...]
    tokens: float
    tokens_age_s: float | None
    gold_class: str
    hidden: bool
    question: Question
    everyone_counts: bool
    crowd: evidence.Crowd

    @property
    def counts(self) -> bool:
        """Whether what this voter answers is among the twenty."""
        return not self.quarantined and (self.trained or self.everyone_counts)


def read_desk(voter: UUID, source_id: int | None = None, *, lock: bool = False) -> Desk | None:
    """None for a voter who was never handed a source; `lock` keeps the voter's other requests waiting."""
    with connection.cursor() as cursor:
        cursor.execute(DESK + ("FOR UPDATE OF r" if lock else ""), {"voter": voter, "source": source_id})
        row = cursor.fetchone()
        if row is None:
            return None
        return _desk(dict(zip((column.name for column in cursor.description), row, strict=True)))


def desk_of(voter: Voter, source_id: int | None = None, *, lock: bool = False) -> Desk:
    """The desk of a voter who has a record."""
    desk = read_desk(voter.pk, source_id, lock=lock)
    if desk is None:
        raise LookupError(f"{voter} has no record")
    return desk


def _desk(row: dict[str, Any]) -> Desk:
    question = _question(row)
    crowd = _crowd(row)
    age = row["tokens_age_s"]
    return Desk(
        n_votes=row["n_votes"],
        trained=row["trained_at"] is not None,
        quarantined=row["quarantined_at"] is not None,
        habits=tuple(row["habits"] or crowd.habits),
        tokens=row["tokens"],
        tokens_age_s=None if age is None else float(age),
        gold_class=row["gold_class"] or "",
        hidden=bool(row["hidden"]),
        question=question,
        everyone_counts=not (question.trained_only and row["enough_gold"]),
        crowd=crowd,
    )


def _question(row: dict[str, Any]) -> Question:
    if row["version"] is None:
        return FIRST
    fields = {name: row[name] for name in Question.__dataclass_fields__}
    return Question(**fields | {"answers": tuple(row["answers"])})


def _crowd(row: dict[str, Any]) -> evidence.Crowd:
    if row["crowd"] is None:
        return evidence.Crowd()
    calibration = Calibration(row["scale"], row["dependence"])
    return evidence.Crowd(tuple(row["class_shares"]), tuple(row["crowd"]), calibration)


def question_in_force() -> Question:
    """The newest version; the first one is in the code."""
    newest = QuestionVersion.objects.order_by("-version").values().first()
    return _question(dict(newest)) if newest else FIRST


def crowd_known() -> evidence.Crowd:
    """What the last run learnt of the crowd."""
    run = ConsensusRun.objects.order_by("-pk").values().first()
    return _crowd(dict(run)) if run else evidence.Crowd()
