"""What a vote and a lease need to know beforehand: the voter, the question in force, the crowd; one query."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from classifier.aggregation.calibration import Calibration
from claxson.accounts.models import Voter
from claxson.core.statements import row_of
from claxson.voting.errors import UnknownVoter
from claxson.voting.models import ConsensusRun, QuestionVersion
from claxson.voting.rules import evidence
from claxson.voting.rules.question import FIRST, GOLD_NEEDED, Question
from claxson.voting.services.entry import ENTRY_COLUMNS, Entry

DESK_COLUMNS = {
    "n_votes": "r.n_votes",
    "trained_at": "r.trained_at",
    "quarantined_at": "r.quarantined_at",
    "habits": "r.habits",
    "tokens": "r.tokens",
    "tokens_age_s": "extract(epoch FROM statement_timestamp() - r.tokens_at)::float8",
    "gold_class": "gold.gold_class",
    "hidden": "gold.hidden",
    "enough_gold": f"EXISTS (SELECT FROM voting_goldsource OFFSET {GOLD_NEEDED - 1})",
    **{name: f"q.{name}" for name in Question.__dataclass_fields__},
    **{name: f"run.{name}" for name in ("class_shares", "crowd", "scale", "dependence")},
    **{f"entry.{column}": f"entry.{column}" for column in ENTRY_COLUMNS},
}
DESK = f"""
SELECT {", ".join(DESK_COLUMNS.values())}
FROM voting_voterrecord r
LEFT JOIN voting_goldsource gold ON gold.source_id = %(source)s
LEFT JOIN voting_queueentry entry ON entry.source_id = %(source)s
LEFT JOIN LATERAL (SELECT * FROM voting_questionversion ORDER BY version DESC LIMIT 1) q ON true
LEFT JOIN LATERAL (
    SELECT class_shares, crowd, scale, dependence FROM voting_consensusrun ORDER BY id DESC LIMIT 1
) run ON true
WHERE r.voter_id = %(voter)s
"""
DESK_LOCKED = f"{DESK} FOR UPDATE OF r"


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
    entry: Entry | None
    question: Question
    everyone_counts: bool
    crowd: evidence.Crowd

    @property
    def counts(self) -> bool:
        """Whether what this voter answers is among the twenty."""
        return not self.quarantined and (self.trained or self.everyone_counts)


def read_desk(voter: UUID, source_id: int | None = None, *, lock: bool = False) -> Desk | None:
    """None for a voter who was never handed a source; `lock` keeps the voter's other requests waiting."""
    row = row_of(DESK_LOCKED if lock else DESK, {"voter": voter, "source": source_id})
    return None if row is None else _desk(dict(zip(DESK_COLUMNS, row, strict=True)))


def desk_of(voter: Voter, source_id: int | None = None, *, lock: bool = False) -> Desk:
    """The desk of a voter who has a record, and so was not erased."""
    desk = read_desk(voter.pk, source_id, lock=lock)
    if desk is None:
        raise UnknownVoter
    return desk


def _desk(row: dict[str, Any]) -> Desk:
    question = _question(row)
    crowd = _crowd(row)
    return Desk(
        n_votes=row["n_votes"],
        trained=row["trained_at"] is not None,
        quarantined=row["quarantined_at"] is not None,
        habits=tuple(row["habits"] or crowd.habits),
        tokens=row["tokens"],
        tokens_age_s=row["tokens_age_s"],
        gold_class=row["gold_class"] or "",
        hidden=bool(row["hidden"]),
        entry=None if row["entry.n_votes"] is None else Entry(*(row[f"entry.{c}"] for c in ENTRY_COLUMNS)),
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
