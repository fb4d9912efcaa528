import numpy as np
import pytest

from pipeline.measure.goodtime import contains, elapsed_good, good_time, intersect, quiet_time, union


def test_a_start_is_in_and_a_stop_is_out() -> None:
    inside = contains(good_time([10.0, 30.0], [20.0, 40.0]), np.array([9.9, 10.0, 19.9, 20.0, 30.0, 40.0]))
    assert inside.tolist() == [False, True, True, False, True, False]


def test_touching_and_overlapping_intervals_are_joined() -> None:
    joined = good_time([30.0, 0.0, 10.0, 12.0], [40.0, 10.0, 20.0, 15.0])
    assert (joined.start.tolist(), joined.stop.tolist()) == ([0.0, 30.0], [20.0, 40.0])


def test_empty_intervals_vanish() -> None:
    assert good_time([5.0, 8.0], [5.0, 7.0]).seconds == 0.0
    assert not contains(good_time([], []), np.array([1.0])).any()


def test_intersection_and_union() -> None:
    first, second = good_time([0.0, 20.0], [10.0, 30.0]), good_time([5.0], [25.0])
    assert intersect(first, second).seconds == 10.0
    assert union([first, second]).seconds == 30.0
    assert union([]).seconds == 0.0


def test_bins_get_their_share_of_good_time() -> None:
    good = elapsed_good(good_time([10.0, 30.0], [20.0, 40.0]), np.array([0.0, 15.0, 25.0, 35.0, 50.0]))
    assert np.diff(good).tolist() == [5.0, 5.0, 5.0, 5.0]
    assert elapsed_good(good_time([], []), np.array([1.0, 2.0])).tolist() == [0.0, 0.0]


def test_a_bin_at_the_threshold_is_quiet_and_nan_is_not() -> None:
    quiet = quiet_time(np.array([5.0, 15.0, 25.0]), np.array([2.0, np.nan, 2.1]), 10.0, 2.0)
    assert quiet.seconds == pytest.approx(10.0)
