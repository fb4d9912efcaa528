"""A voter's own settings: the daily goal, whose midnight ends a day, and whether they are named."""

from zoneinfo import ZoneInfo, available_timezones

from django.db import DatabaseError, IntegrityError, connection, transaction

from claxson.accounts.models import Voter
from claxson.voting.errors import UnknownVoter
from claxson.voting.models import VoterRecord

GOALS = (0, 5, 10, 20)


def time_zones() -> list[str]:
    """Those with a place in their name, and UTC first."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ["UTC", *places]


def prefer(voter: Voter, *, daily_goal: int, time_zone: str, named: bool = False) -> None:
    """Store the settings; ValueError where one of them cannot be."""
    if daily_goal not in GOALS or time_zone not in time_zones() or not _database_knows(time_zone):
        raise ValueError(f"no such goal or time zone: {daily_goal}, {time_zone}")
    settings = {"daily_goal": daily_goal, "time_zone": ZoneInfo(time_zone).key, "named": named}
    try:
        VoterRecord.objects.update_or_create(voter=voter, defaults=settings)
    except IntegrityError as error:
        raise UnknownVoter from error


def _database_knows(time_zone: str) -> bool:
    """A zone that only Python knows would make every vote fail."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT now() AT TIME ZONE %s", [time_zone])
    except DatabaseError:
        return False
    return True
