"""Reads for the leaderboard, a volunteer's own standing and the site's counters."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.community.streaks import current_streak
from claxson.voting.models import ActiveDay, QueueEntry, Vote, VoterRecord
from claxson.voting.selectors import vote_days

SIMULATED = ~Q(voter__simulated_name="")


@dataclass(frozen=True)
class Standing:
    """One voter; `success_rate` is that on sources of known class, None before there is any."""

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


def leaderboard(limit: int = 20) -> list[Standing]:
    """The most active voters; equal numbers share a rank."""
    active = VoterRecord.objects.filter(n_votes__gt=0, voter__erased=False).select_related("voter__user")
    records = list(active.order_by("-n_votes", "id")[:limit])
    days = _days_by_voter([record.voter_id for record in records])
    counts = [record.n_votes for record in records]
    return [_standing(record, days[record.voter_id], counts.index(record.n_votes) + 1) for record in records]


def standing_of(voter: Voter) -> Standing:
    """A voter's own numbers; the rank is not computed here (0)."""
    record = VoterRecord.objects.filter(voter=voter).first() or VoterRecord(voter=voter)
    return _standing(record, vote_days(voter), rank=0)


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


def _standing(record: VoterRecord, days: list[dt.date], rank: int) -> Standing:
    voter = record.voter
    return Standing(
        rank=rank,
        name=voter.display_name,
        simulated=voter.simulated,
        n_votes=record.n_votes,
        success_rate=record.n_right / record.n_gold if record.n_gold else None,
        streak_days=current_streak(days, today_in(record.time_zone)),
        user_id=voter.user_id,
    )


def today_in(time_zone: str) -> dt.date:
    return timezone.now().astimezone(ZoneInfo(time_zone)).date()


def _days_by_voter(voter_ids: list[UUID]) -> dict[UUID, list[dt.date]]:
    days: dict[UUID, list[dt.date]] = defaultdict(list)
    rows = ActiveDay.objects.filter(voter__in=voter_ids, n_votes__gt=0).values_list("voter_id", "day")
    for voter_id, day in rows:
        days[voter_id].append(day)
    return days
