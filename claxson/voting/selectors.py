"""Reads over votes and the queue."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Now

from claxson.accounts.models import Voter
from claxson.core.classes import Answer
from claxson.voting.models import (
    CONSENSUS_VOTES,
    ActiveDay,
    Consensus,
    GoldSource,
    Notice,
    QueueEntry,
    Vote,
    VoterRecord,
)
from claxson.voting.rules.skill import Matrix, skill_matrix
from claxson.voting.rules.training import WINDOW
from claxson.voting.services.desk import crowd_known, question_in_force
from claxson.voting.services.withdrawal import UNDO_WITHIN
from claxson.voting.telling.whom import Asked, may_be_told


@dataclass(frozen=True)
class VoteState:
    """How far the vote on a source is; what the crowd said only once it is closed."""

    n_votes: int
    needed: int
    consensus: Consensus | None
    state: str


def vote_state(source_id: int) -> VoteState | None:
    """None where volunteers are not asked about this source."""
    entry = QueueEntry.objects.filter(pk=source_id).first()
    if entry is None:
        return None
    consensus = Consensus.objects.filter(pk=source_id).first()
    return VoteState(entry.n_votes, CONSENSUS_VOTES, consensus, entry.state)


def vote_by(voter: Voter, source_id: int) -> Vote | None:
    return Vote.objects.filter(voter=voter, source_id=source_id, withdrawn_at=None).first()


def n_votes_of(voter: Voter | None) -> int:
    """How many standing answers this voter has given; none of nobody."""
    record = VoterRecord.objects.filter(voter=voter).first() if voter else None
    return record.n_votes if record else 0


def comment_taken_back(voter: Voter, source_id: int) -> str:
    """The comment beside the last answer on this source that its voter took back."""
    undone = Vote.objects.filter(voter=voter, source_id=source_id, withdrawn_why=Vote.Withdrawal.UNDONE)
    return undone.order_by("-id").values_list("comment", flat=True).first() or ""


def may_be_told_of(source_id: int, voter: Voter | None) -> bool:
    """Whether what others say of a source can no longer sway this voter's answer.

    An answer that may still be taken back and given anew is not given yet; nor is one to an earlier question,
    if its source may be asked about again.
    """
    gold = GoldSource.objects.filter(pk=source_id).values_list("hidden", flat=True).first()
    waits = QueueEntry.objects.filter(pk=source_id, state=QueueEntry.State.VOTING).exists()
    since = question_in_force().counts_since
    answered = Vote.objects.filter(
        voter=voter, source_id=source_id, withdrawn_at=None, question_version__gte=since
    )
    final = answered if gold is False else answered.filter(cast_at__lte=Now() - UNDO_WITHIN)
    has_answered = voter is not None and final.exists()
    return may_be_told(Asked(waits, gold is not None, gold is True, has_answered))


def gold_role(source_id: int) -> str:
    """What a known source is for: it "teaches", or it "measures" and is told to nobody; or empty."""
    hidden = GoldSource.objects.filter(pk=source_id).values_list("hidden", flat=True).first()
    return "" if hidden is None else "measures" if hidden else "teaches"


def n_unread(voter: QuerySet[Voter]) -> int:
    """How many notices wait for this one voter, found first: a join may be planned the wrong way round."""
    return Notice.objects.filter(voter=Subquery(voter.values("pk")[:1]), read_at=None).count()


def notices_of(voter: Voter) -> QuerySet[Notice]:
    """Newest first, each with the step it tells of."""
    return Notice.objects.filter(voter=voter).select_related("source", "event").order_by("-at", "-pk")


def activity(voter: Voter) -> dict[dt.date, int]:
    """Day (of their own time zone) -> how many votes this voter cast on it, newest first."""
    days = ActiveDay.objects.filter(voter=voter, n_votes__gt=0).order_by("-day")
    return dict(days.values_list("day", "n_votes"))


def answers_of(voter: Voter, first: int, last: int) -> QuerySet[Vote]:
    """Of this voter's standing answers, newest first, those from the place `first` to before `last`.

    Each with its source and what became of it: looked up for these alone, not for all that are skipped.
    """
    standing = Vote.objects.filter(voter=voter, withdrawn_at=None).order_by("-id")
    votes = Vote.objects.filter(pk__in=standing.values("pk")[first:last]).order_by("-id")
    return votes.select_related("source__queue_entry", "source__consensus")


def gold_counts(voter: Voter) -> dict[str, int]:
    """Class -> how many gold sources of that class this voter gave an answer on."""
    answers = Vote.objects.filter(voter=voter, withdrawn_at=None).exclude(gold_class="")
    decisive = answers.exclude(answer=Answer.UNSURE).values_list("gold_class")
    return dict(decisive.annotate(Count("pk")).order_by())


def last_gold_answers(voter: UUID) -> list[bool]:
    """Whether each of the newest answers on gold was right, newest first; `unsure` is no answer."""
    answers = Vote.objects.filter(voter=voter, withdrawn_at=None).exclude(gold_class="")
    newest = (
        answers.exclude(answer=Answer.UNSURE).order_by("-id").values_list("answer", "gold_class")[:WINDOW]
    )
    return [answer == gold_class for answer, gold_class in newest]


def skill_of(voter: UUID, level: int | None = None) -> Matrix:
    """How this voter answers on gold, smoothed towards the crowd; of one level's answers, or of all."""
    answers = Vote.objects.filter(voter=voter, withdrawn_at=None).exclude(gold_class="")
    if level is not None:
        answers = answers.filter(level=level)
    decisive = answers.exclude(answer=Answer.UNSURE).values_list("gold_class", "answer")
    counts = {(true, answer): n for true, answer, n in decisive.annotate(Count("pk")).order_by()}
    return skill_matrix(counts, crowd_known().habits)
