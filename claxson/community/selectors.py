"""Reads for the leaderboard, a volunteer's own standing and the site's counters: never by counting votes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.community.intervals import wilson
from claxson.community.streaks import current_streak
from claxson.voting.models import ActiveDay, QueueEntry, Vote, VoterRecord
from claxson.voting.selectors import activity

NEAR = 3  # places shown above and below one's own
FIRST = 3  # voters who are named for having said first what became the crowd's answer
SIMULATED = ~Q(voter__simulated_name="")


@dataclass(frozen=True)
class Standing:
    """One voter; `success_rate` is that on sources of known class, None before there is any.

    `interval` is what it says of the voter with 95 % confidence.
    """

    rank: int
    name: str
    simulated: bool
    n_votes: int
    success_rate: float | None
    streak_days: int
    user_id: int | None = None
    daily_goal: int = 0
    votes_today: int = 0
    interval: tuple[float, float] = (0.0, 1.0)

    @property
    def left_today(self) -> int:
        return max(0, self.daily_goal - self.votes_today)

    @property
    def success_percent(self) -> float | None:
        return None if self.success_rate is None else 100 * self.success_rate

    @property
    def low_percent(self) -> float:
        return 100 * self.interval[0]

    @property
    def high_percent(self) -> float:
        return 100 * self.interval[1]


@dataclass(frozen=True)
class Counters:
    """How far the project is; `simulated` where votes of a simulated crowd are among them."""

    n_votes: int
    n_open: int
    n_consensus: int
    simulated: bool


@dataclass(frozen=True)
class FirstVoter:
    """`name` is "" where they do not want to be named, have no account, or are gone."""

    name: str
    simulated: bool


def leaderboard(limit: int = 20, since: dt.date | None = None) -> list[Standing]:
    """The most active voters since that day; equal numbers share a rank."""
    return _ranked(_active(since)[:limit], places_before=0, ranked_before=0)


def near(voter: Voter, since: dt.date | None = None) -> list[Standing]:
    """The board around this voter, three places up and down; empty where they have not voted since then."""
    active = _active(since)
    own = active.filter(voter=voter).first()
    if own is None:
        return []
    before = active.filter(Q(n__gt=own.n) | Q(n=own.n, id__lt=own.pk)).count()
    first = max(0, before - NEAR)
    shown = list(active[first : before + NEAR + 1])
    ahead = active.filter(n__gt=shown[0].n).count()
    return _ranked(shown, places_before=first, ranked_before=ahead)


def standing_of(voter: Voter) -> Standing:
    """A voter's own numbers; the rank is not computed here (0)."""
    record = VoterRecord.objects.filter(voter=voter).first() or VoterRecord(voter=voter)
    days = activity(voter)
    done = days.get(today_in(record.time_zone), 0)
    standing = _standing(record, record.n_votes, 0, list(days))
    return replace(standing, daily_goal=record.daily_goal, votes_today=done)


def counters() -> Counters:
    """What the front page counts."""
    states = dict(QueueEntry.objects.values_list("state").annotate(Count("pk")).order_by())
    return Counters(
        n_votes=VoterRecord.objects.aggregate(n=Sum("n_votes", default=0))["n"],
        n_open=states.get(QueueEntry.State.VOTING, 0),
        n_consensus=sum(states.values()) - states.get(QueueEntry.State.VOTING, 0),
        simulated=VoterRecord.objects.filter(SIMULATED, n_votes__gt=0).exists(),
    )


def has_simulated_votes(source_id: int) -> bool:
    """Whether a simulated crowd voted on this source."""
    return Vote.objects.filter(SIMULATED, source_id=source_id).exists()


def first_voters(source_id: int, answer: str) -> list[FirstVoter]:
    """Who said first what became the answer; simulated voters are nobody, and always named."""
    standing = Vote.objects.filter(source_id=source_id, answer=answer, withdrawn_at=None, set_aside_at=None)
    votes = standing.filter(late=False, gold_class="").select_related("voter__user", "voter__record")
    return [_first_voter(vote.voter) for vote in votes.order_by("id")[:FIRST]]


def _first_voter(voter: Voter) -> FirstVoter:
    agrees = voter.simulated or (voter.user is not None and voter.record.named)
    return FirstVoter(voter.display_name if agrees else "", voter.simulated)


def _active(since: dt.date | None) -> QuerySet[Any]:
    """Who voted since that day, with `n` votes, the most active first; ties by who came first."""
    records: QuerySet[Any] = VoterRecord.objects.filter(voter__erased=False).select_related("voter__user")
    if since is None:
        # Ordered by the column itself, which has an index.
        records = records.annotate(n=F("n_votes")).filter(n_votes__gt=0).order_by("-n_votes", "id")
    else:
        records = records.filter(voter__active_days__day__gte=since)
        records = records.annotate(n=Sum("voter__active_days__n_votes")).filter(n__gt=0).order_by("-n", "id")
    return records


def _ranked(found: Iterable[Any], *, places_before: int, ranked_before: int) -> list[Standing]:
    """Rows that follow one another; the first has so many places before it, and voters with more votes."""
    rows = [(record, int(record.n)) for record in found]
    days = _days_by_voter([record.voter_id for record, _ in rows])
    counts = [n for _, n in rows]
    return [
        _standing(record, n, _rank(counts, i, places_before, ranked_before), days[record.voter_id])
        for i, (record, n) in enumerate(rows)
    ]


def _rank(counts: list[int], i: int, places_before: int, ranked_before: int) -> int:
    """Equal numbers share the rank of the first of them, which may stand above the rows shown."""
    first_equal = counts.index(counts[i])
    return (ranked_before if first_equal == 0 else places_before + first_equal) + 1


def _standing(record: VoterRecord, n_votes: int, rank: int, days: list[dt.date]) -> Standing:
    voter = record.voter
    return Standing(
        rank=rank,
        name=voter.display_name,
        simulated=voter.simulated,
        n_votes=n_votes,
        success_rate=record.n_right / record.n_gold if record.n_gold else None,
        streak_days=current_streak(days, today_in(record.time_zone)),
        user_id=voter.user_id,
        interval=wilson(record.n_right, record.n_gold),
    )


def today_in(time_zone: str) -> dt.date:
    return timezone.now().astimezone(ZoneInfo(time_zone)).date()


def _days_by_voter(voter_ids: list[UUID]) -> dict[UUID, list[dt.date]]:
    days: dict[UUID, list[dt.date]] = defaultdict(list)
    rows = ActiveDay.objects.filter(voter__in=voter_ids, n_votes__gt=0).values_list("voter_id", "day")
    for voter_id, day in rows:
        days[voter_id].append(day)
    return days
