"""The stretches of time a leaderboard may cover; no database."""

import datetime as dt
from enum import StrEnum


class Period(StrEnum):
    ALL = "all"
    MONTH = "month"
    WEEK = "week"

    @classmethod
    def named(cls, name: str) -> "Period":
        """All time where the name says nothing."""
        return next((period for period in cls if period.value == name), cls.ALL)

    def since(self, now: dt.datetime) -> dt.datetime | None:
        """The last midnight (of `now`'s time zone) that began a month or, on Mondays, a week."""
        if self is Period.ALL:
            return None
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        days = midnight.day - 1 if self is Period.MONTH else midnight.weekday()
        return midnight - dt.timedelta(days=days)
