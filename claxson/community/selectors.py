"""Reads for the leaderboard and for a volunteer's own standing."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.community.streaks import current_streak
from claxson.core.classes import Answer
from claxson.voting.models import Vote
from claxson.voting.selectors import vote_days

# Of a vote on a closed source: did it agree with what the crowd as a whole arrived at?
JUDGED = Q(votes__source__consensus__isnull=False) & ~Q(votes__answer=Answer.UNSURE)
AGREED = Q(votes__answer=F("votes__source__consensus__answer"))


@dataclass(frozen=True)
class Standing:
    """One voter on the leaderboard; `success_rate` is the agreement with closed sources, None before there is any."""

    rank: int
    name: str
    simulated: bool
    n_votes: int
    success_rate: float | None
    streak_days: int


def leaderboard(limit: int = 20) -> list[Standing]:
    """The most active voters; equal numbers share a rank."""
    voters = list(_scored().filter(n_votes__gt=0).order_by("-n_votes", "created_at")[:limit])
    days = _days_by_voter([voter.pk for voter in voters])
    today = timezone.now().date()
    counts = [voter.n_votes for voter in voters]  # type: ignore[attr-defined]  # annotated below
    return [
        _standing(voter, counts.index(counts[i]) + 1, current_streak(days[voter.pk], today))
        for i, voter in enumerate(voters)
    ]


def standing_of(voter: Voter) -> Standing:
    """A voter's own numbers; the rank is not computed here (0)."""
    scored = _scored().get(pk=voter.pk)
    return _standing(scored, 0, current_streak(vote_days(voter), timezone.now().date()))


def _scored():  # type: ignore[no-untyped-def]  # annotations have no type of their own
    return Voter.objects.select_related("user").annotate(
        n_votes=Count("votes"),
        n_judged=Count("votes", filter=JUDGED),
        n_agreed=Count("votes", filter=JUDGED & AGREED),
    )


def _standing(voter, rank: int, streak_days: int) -> Standing:  # type: ignore[no-untyped-def]
    rate = voter.n_agreed / voter.n_judged if voter.n_judged else None
    return Standing(rank, voter.display_name, voter.simulated, voter.n_votes, rate, streak_days)


def _days_by_voter(voter_ids: list[UUID]) -> dict[UUID, list[dt.date]]:
    days: dict[UUID, list[dt.date]] = defaultdict(list)
    rows = Vote.objects.filter(voter__in=voter_ids).values_list("voter_id", "cast_at__date").distinct()
    for voter_id, day in rows:
        days[voter_id].append(day)
    return days
