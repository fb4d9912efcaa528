"""Reads for the leaderboard, a volunteer's own standing and the site's counters."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.community.streaks import current_streak
from claxson.core.classes import Answer
from claxson.voting.models import QueueEntry, Vote
from claxson.voting.selectors import vote_days

# Of a vote on a closed source: did it agree with what the crowd as a whole arrived at?
JUDGED = Q(votes__source__consensus__isnull=False) & ~Q(votes__answer=Answer.UNSURE)
AGREED = Q(votes__answer=F("votes__source__consensus__answer"))
NEAR = 3  # places shown above and below one's own
SIMULATED = ~Q(voter__simulated_name="")
SCORE = ("id", "user_id", "user__username", "simulated_name", "n_votes", "n_judged", "n_agreed")


@dataclass(frozen=True)
class Standing:
    """One voter; `success_rate` is the agreement with closed sources, None before there is any."""

    rank: int
    name: str
    simulated: bool
    n_votes: int
    success_rate: float | None
    streak_days: int
    user_id: int | None = None

    @property
    def success_percent(self) -> float | None:
        return None if self.success_rate is None else 100 * self.success_rate


@dataclass(frozen=True)
class Counters:
    """How far the project is; `simulated` where votes of a simulated crowd are among them."""

    n_votes: int
    n_open: int
    n_consensus: int
    simulated: bool


def leaderboard(limit: int = 20, since: dt.datetime | None = None) -> list[Standing]:
    """The most active voters since then; equal numbers share a rank."""
    return _ranked(_active(since)[:limit], places_before=0, ranked_before=0)


def near(voter: Voter, since: dt.datetime | None = None) -> list[Standing]:
    """The board around this voter, three places up and down; empty where they have not voted since then."""
    active = _active(since)
    own = active.filter(pk=voter.pk).first()
    if own is None:
        return []
    before = _before(active, own["n_votes"], own["created_at"])
    first = max(0, before - NEAR)
    shown = list(active[first : before + NEAR + 1])
    ahead = active.filter(n_votes__gt=shown[0]["n_votes"]).count()
    return _ranked(shown, places_before=first, ranked_before=ahead)


def standing_of(voter: Voter) -> Standing:
    """A voter's own numbers; the rank is not computed here (0)."""
    (row,) = _scores(Voter.objects.filter(pk=voter.pk), 1)
    return _standing(row, 0, current_streak(vote_days(voter), timezone.now().date()))


def counters() -> Counters:
    """What the front page counts."""
    states = dict(QueueEntry.objects.values_list("state").annotate(Count("pk")).order_by())
    return Counters(
        n_votes=Vote.objects.count(),
        n_open=states.get(QueueEntry.State.VOTING, 0),
        n_consensus=states.get(QueueEntry.State.CONSENSUS, 0),
        simulated=Vote.objects.filter(SIMULATED).exists(),
    )


def has_simulated_votes(source_id: int) -> bool:
    """Whether a simulated crowd voted on this source."""
    return Vote.objects.filter(SIMULATED, source_id=source_id).exists()


def _before(active: QuerySet[Any, dict[str, Any]], n_votes: int, created_at: dt.datetime) -> int:
    """How many stand above this place."""
    more = Q(n_votes__gt=n_votes) | Q(n_votes=n_votes, created_at__lt=created_at)
    return active.filter(more).count()


def _active(since: dt.datetime | None) -> QuerySet[Any, dict[str, Any]]:
    """Rows of SCORE of who voted since then, the most active first."""
    counted = Q() if since is None else Q(votes__cast_at__gte=since)
    voters: QuerySet[Any] = Voter.objects.all()
    scored = voters.annotate(
        n_votes=Count("votes", filter=counted),
        n_judged=Count("votes", filter=JUDGED & counted),
        n_agreed=Count("votes", filter=JUDGED & AGREED & counted),
    )
    rows: QuerySet[Any, dict[str, Any]] = (
        scored.filter(n_votes__gt=0).order_by("-n_votes", "created_at").values(*SCORE, "created_at")
    )
    return rows


def _ranked(found: Iterable[Mapping[str, Any]], *, places_before: int, ranked_before: int) -> list[Standing]:
    """Rows that follow one another; the first has so many places before it, and voters with more votes."""
    rows = list(found)
    days = _days_by_voter([row["id"] for row in rows])
    today = timezone.now().date()
    counts = [row["n_votes"] for row in rows]
    return [
        _standing(row, _rank(counts, i, places_before, ranked_before), current_streak(days[row["id"]], today))
        for i, row in enumerate(rows)
    ]


def _rank(counts: list[int], i: int, places_before: int, ranked_before: int) -> int:
    """Equal numbers share the rank of the first of them, which may stand above the rows shown."""
    first_equal = counts.index(counts[i])
    return (ranked_before if first_equal == 0 else places_before + first_equal) + 1


def _scores(voters: QuerySet[Voter], limit: int) -> list[dict[str, Any]]:
    """Rows of SCORE, the most active voter first."""
    scored = voters.annotate(
        n_votes=Count("votes"),
        n_judged=Count("votes", filter=JUDGED),
        n_agreed=Count("votes", filter=JUDGED & AGREED),
    )
    return list(scored.order_by("-n_votes", "created_at").values(*SCORE)[:limit])


def _standing(row: Mapping[str, Any], rank: int, streak_days: int) -> Standing:
    return Standing(
        rank=rank,
        name=row["simulated_name"] or row["user__username"] or str(row["id"])[:8],
        simulated=bool(row["simulated_name"]),
        n_votes=row["n_votes"],
        success_rate=row["n_agreed"] / row["n_judged"] if row["n_judged"] else None,
        streak_days=streak_days,
        user_id=row["user_id"],
    )


def _days_by_voter(voter_ids: list[UUID]) -> dict[UUID, list[dt.date]]:
    days: dict[UUID, list[dt.date]] = defaultdict(list)
    rows = Vote.objects.filter(voter__in=voter_ids).values_list("voter_id", "cast_at__date").distinct()
    for voter_id, day in rows:
        days[voter_id].append(day)
    return days
