"""Passing a source over: nobody must answer, nobody may go looking for one of their choice; no database."""

import datetime as dt

# A source passed over is not handed to the same voter again before.
RESTS_FOR = dt.timedelta(days=7)
# Enough for a day on which many pictures are missing, far too few to hunt for one source among thousands.
A_DAY = 50
# So many voters who report the same source send it to the end of the queue, until somebody has looked.
REPORTS_TO_SET_BACK = 3
SET_BACK_BY = -10.0


def may_skip(in_last_day: int) -> bool:
    return in_last_day < A_DAY


def is_set_back(open_reports: int) -> bool:
    """Whether so many voters are enough to keep the others from it."""
    return open_reports >= REPORTS_TO_SET_BACK
