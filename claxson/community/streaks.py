"""Day streaks; no database."""

import datetime as dt
from collections.abc import Iterable

DAY = dt.timedelta(days=1)


def current_streak(days: Iterable[dt.date], today: dt.date) -> int:
    """Days in a row up to today; a streak that reached yesterday still stands while today is young."""
    voted = set(days)
    day = today if today in voted else today - DAY
    length = 0
    while day in voted:
        length += 1
        day -= DAY
    return length
