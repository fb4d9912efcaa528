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

    def since(self, today: dt.date) -> dt.date | None:
        """The first day of this month, or the Monday of this week."""
        if self is Period.ALL:
            return None
        return today - dt.timedelta(days=today.day - 1 if self is Period.MONTH else today.weekday())
