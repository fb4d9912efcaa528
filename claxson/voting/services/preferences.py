"""A voter's own settings: the daily goal, whose midnight ends a day, and whether they are named."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from django.db import DatabaseError, IntegrityError, connection, transaction

from claxson.accounts.models import Voter
from claxson.voting.errors import UnknownVoter
from claxson.voting.models import VoterRecord

GOALS = (0, 5, 10, 20)


@cache
def time_zones() -> list[str]:
    """UTC, and each place under one name, as the database of time zones lists them: no names of old."""
    rows = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="ascii").splitlines()
    return ["UTC", *sorted(row.split("\t")[2] for row in rows if not row.startswith("#"))]


def prefer(voter: Voter, *, daily_goal: int, time_zone: str, named: bool = False) -> None:
    """Store the settings; ValueError where one of them cannot be."""
    if daily_goal not in GOALS or not _is_zone(time_zone) or not _database_knows(time_zone):
        raise ValueError(f"no such goal or time zone: {daily_goal}, {time_zone}")
    settings = {"daily_goal": daily_goal, "time_zone": ZoneInfo(time_zone).key, "named": named}
    try:
        VoterRecord.objects.update_or_create(voter=voter, defaults=settings)
    except IntegrityError as error:
        raise UnknownVoter from error


def _is_zone(name: str) -> bool:
    """Also one of an old name, which somebody may have chosen once."""
    return name in time_zones() or ("/" in name and name in available_timezones())


def _database_knows(time_zone: str) -> bool:
    """A zone that only Python knows would make every vote fail."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT now() AT TIME ZONE %s", [time_zone])
    except DatabaseError:
        return False
    return True
