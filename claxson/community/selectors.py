"""Reads for the leaderboard, a volunteer's own standing and the site's counters: never by counting votes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils import timezone

from claxson.accounts.models import User, Voter
from claxson.community.intervals import wilson
from claxson.community.streaks import current_streak
from claxson.voting.models import QueueEntry, Vote, VoterRecord
from claxson.voting.selectors import activity

NEAR = 3  # places shown above and below one's own
ACTIVE_EVER = """
SELECT r.id, r.voter_id, r.n_votes AS n FROM voting_voterrecord r JOIN accounts_voter v ON v.id = r.voter_id
WHERE NOT v.erased AND r.n_votes > 0
"""
ACTIVE_SINCE = """
SELECT r.id, r.voter_id, sum(d.n_votes) AS n
FROM voting_activeday d JOIN voting_voterrecord r USING (voter_id) JOIN accounts_voter v ON v.id = r.voter_id
WHERE NOT v.erased AND d.day >= %(since)s GROUP BY r.id HAVING sum(d.n_votes) > 0
"""
# One statement: the first places, the places near one user's own, and the days of all who are shown. Of all
# time it reads those and no others, by the index on the number of votes, and counts whoever is ahead.
BOARD = """
WITH active AS {materialized} ({active}), top AS (
    SELECT * FROM active ORDER BY n DESC, id LIMIT %(limit)s
), own AS MATERIALIZED (
    SELECT active.* FROM accounts_voter v JOIN active ON active.voter_id = v.id WHERE v.user_id = %(user)s
), above AS MATERIALIZED (
    SELECT one.* FROM own CROSS JOIN LATERAL (
        SELECT * FROM active WHERE n >= own.n AND (n > own.n OR id < own.id)
        ORDER BY n, id DESC LIMIT %(near)s
    ) one
), below AS (
    SELECT one.* FROM own CROSS JOIN LATERAL (
        SELECT * FROM active WHERE n <= own.n AND (n < own.n OR id > own.id)
        ORDER BY n DESC, id LIMIT %(near)s
    ) one
), near AS MATERIALIZED (
    SELECT * FROM above UNION ALL SELECT * FROM own UNION ALL SELECT * FROM below
), ahead AS (
    SELECT count(*) - (SELECT count(*) FROM above) AS places,
           count(*) FILTER (WHERE active.n > (SELECT max(n) FROM near)) AS with_more
    FROM own JOIN active ON active.n >= own.n AND (active.n > own.n OR active.id < own.id)
), shown AS (
    SELECT false AS is_near, 0 AS places, 0 AS with_more, top.* FROM top
    UNION ALL SELECT true, places, with_more, near.* FROM near CROSS JOIN ahead
)
SELECT is_near, places, with_more, n, n_right, n_gold, time_zone, v.simulated_name, v.id, v.user_id,
       coalesce(username, ''),
       ARRAY(SELECT day FROM voting_activeday d WHERE d.voter_id = v.id AND n_votes > 0)
FROM shown JOIN voting_voterrecord r ON r.id = shown.id JOIN accounts_voter v ON v.id = r.voter_id
LEFT JOIN accounts_user u ON u.id = v.user_id
ORDER BY is_near, n DESC, r.id
"""
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
class Board:
    """The first places, and those around one's own: empty for whoever has not voted."""

    top: list[Standing]
    near: list[Standing]


@dataclass(frozen=True)
class _Row:
    """As BOARD returns it; the first of its kind has so many `places` before it, and voters `with_more`."""

    is_near: bool
    places: int
    with_more: int
    n: int
    n_right: int
    n_gold: int
    time_zone: str
    simulated_name: str
    voter_id: UUID
    user_id: int | None
    username: str
    days: list[dt.date]

    def record(self) -> VoterRecord:
        user = User(pk=self.user_id, username=self.username) if self.user_id else None
        voter = Voter(pk=self.voter_id, simulated_name=self.simulated_name, user=user)
        return VoterRecord(voter=voter, n_right=self.n_right, n_gold=self.n_gold, time_zone=self.time_zone)


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


def board(limit: int, since: dt.date | None = None, user: User | None = None) -> Board:
    """The most active voters since that day, and where this user stands; equal numbers share a rank."""
    active, kept = (ACTIVE_EVER, "NOT MATERIALIZED") if since is None else (ACTIVE_SINCE, "MATERIALIZED")
    with connection.cursor() as cursor:
        parameters = {"limit": limit, "near": NEAR, "since": since, "user": user.pk if user else None}
        cursor.execute(BOARD.format(active=active, materialized=kept), parameters)
        rows = [_Row(*row) for row in cursor.fetchall()]
    return Board(
        _ranked([row for row in rows if not row.is_near]), _ranked([row for row in rows if row.is_near])
    )


def leaderboard(limit: int = 20, since: dt.date | None = None) -> list[Standing]:
    """The most active voters since that day."""
    return board(limit, since).top


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


def _ranked(rows: Sequence[_Row]) -> list[Standing]:
    """Rows that follow one another."""
    counts = [row.n for row in rows]
    return [_standing(row.record(), row.n, _rank(counts, i, row), row.days) for i, row in enumerate(rows)]


def _rank(counts: list[int], i: int, row: _Row) -> int:
    """Equal numbers share the rank of the first of them, which may stand above the rows shown."""
    first_equal = counts.index(counts[i])
    return (row.with_more if first_equal == 0 else row.places + first_equal) + 1


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
