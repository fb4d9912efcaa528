"""Day streaks, with one free day: a single missed day does not end one; no database."""

import datetime as dt
from collections.abc import Iterable

DAY = dt.timedelta(days=1)


def current_streak(days: Iterable[dt.date], today: dt.date) -> int:
    """Days of activity up to today, with never two missed days in a row between them.

    Today is young: it counts as missed only once it is over. Missed days are not counted.
    """
    voted = set(days)
    day = today if today in voted else today - DAY
    length = 0
    while day in voted or day - DAY in voted:
        length += day in voted
        day -= DAY
    return length
