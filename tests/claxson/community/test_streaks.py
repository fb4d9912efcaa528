import datetime as dt

import pytest

from claxson.community.streaks import current_streak

TODAY = dt.date(2026, 3, 1)


def days_ago(*numbers: int) -> list[dt.date]:
    return [TODAY - dt.timedelta(days=n) for n in numbers]


def test_nobody_starts_with_a_streak() -> None:
    assert current_streak([], TODAY) == 0


def test_today_alone_is_a_streak_of_one() -> None:
    assert current_streak(days_ago(0), TODAY) == 1


def test_days_in_a_row_count_across_the_end_of_a_month() -> None:
    assert current_streak(days_ago(0, 1, 2), TODAY) == 3


def test_a_streak_up_to_yesterday_still_stands_today() -> None:
    assert current_streak(days_ago(1, 2), TODAY) == 2


def test_a_single_missed_day_does_not_end_it_and_does_not_count() -> None:
    assert current_streak(days_ago(0, 2, 3), TODAY) == 3
    assert current_streak(days_ago(2, 3, 4), TODAY) == 3


def test_two_missed_days_end_it() -> None:
    assert current_streak(days_ago(3, 4, 5), TODAY) == 0


def test_only_the_days_since_the_last_two_missed_ones_count() -> None:
    assert current_streak(days_ago(0, 1, 4, 5), TODAY) == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 1, 0, 2, 2)])
def test_order_and_repetition_of_days_do_not_matter(order: tuple[int, ...]) -> None:
    assert current_streak(days_ago(*order), TODAY) == 3
