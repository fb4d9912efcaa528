"""Good time intervals: half-open [start, stop), sorted, never overlapping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class GoodTime:
    """A set of good time intervals.

    Attributes
    ----------
    start, stop : ndarray of shape (n,)
        Seconds since the mission's reference time; an event at exactly `start` is in, at `stop` is out.
    """

    start: NDArray[np.float64]
    stop: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        """Total length in s."""
        return float(np.sum(self.stop - self.start))


def good_time(start: ArrayLike, stop: ArrayLike) -> GoodTime:
    """Build good time from raw intervals: sorted, empty ones dropped, touching ones joined.

    Parameters
    ----------
    start, stop : array_like of shape (n,)
        Interval borders in s, in any order.

    Returns
    -------
    GoodTime
        The union of the intervals.
    """
    begin = np.atleast_1d(np.asarray(start, dtype=np.float64))
    end = np.atleast_1d(np.asarray(stop, dtype=np.float64))
    order = np.argsort(begin, kind="stable")
    order = order[(end > begin)[order]]
    begin, end = begin[order], np.maximum.accumulate(end[order]) if len(order) else end[order]
    opens = np.ones(len(begin), dtype=bool)
    opens[1:] = begin[1:] > end[:-1]
    closes = np.append(opens[1:], True)[: len(begin)]
    return GoodTime(begin[opens], end[closes])


def contains(intervals: GoodTime, time: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each time is good, by start <= t < stop (which reproduces SAS exactly).

    Parameters
    ----------
    intervals : GoodTime
        The good time.
    time : ndarray of shape (n,)
        Times in s.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    index = np.searchsorted(intervals.start, time, side="right") - 1
    if len(intervals.start) == 0:
        return np.zeros(len(time), dtype=bool)
    return (index >= 0) & (time < intervals.stop[np.maximum(index, 0)])


def intersect(first: GoodTime, second: GoodTime) -> GoodTime:
    """Time that is good in both.

    Parameters
    ----------
    first, second : GoodTime
        Any two sets of intervals.

    Returns
    -------
    GoodTime
    """
    start = np.maximum(first.start[:, None], second.start[None, :])
    stop = np.minimum(first.stop[:, None], second.stop[None, :])
    return good_time(start.ravel(), stop.ravel())


def union(parts: list[GoodTime]) -> GoodTime:
    """Time that is good in at least one of them (empty for an empty list)."""
    if not parts:
        return good_time([], [])
    return good_time(np.concatenate([p.start for p in parts]), np.concatenate([p.stop for p in parts]))


def elapsed_good(intervals: GoodTime, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Good seconds before each time; differences of it give the exposure of time bins.

    Parameters
    ----------
    intervals : GoodTime
        The good time.
    time : ndarray of shape (n,)
        Times in s.

    Returns
    -------
    ndarray of shape (n,)
        Seconds of good time earlier than each time.
    """
    if len(intervals.start) == 0:
        return np.zeros(len(time))
    knots = np.column_stack([intervals.start, intervals.stop]).ravel()
    lengths = intervals.stop - intervals.start
    before = np.concatenate([[0.0], np.cumsum(lengths)])
    good = np.column_stack([before[:-1], before[1:]]).ravel()
    return np.asarray(np.interp(time, knots, good), dtype=np.float64)


def quiet_time(
    time: NDArray[np.float64], rate: NDArray[np.float64], bin_s: float, threshold: float
) -> GoodTime:
    """Good time outside background flares: the bins of a flare light curve at or below a threshold.

    Parameters
    ----------
    time : ndarray of shape (n,)
        Bin centres in s.
    rate : ndarray of shape (n,)
        Count rates; NaN means not exposed and is never good.
    bin_s : float
        Width of a bin in s.
    threshold : float
        Largest quiet rate (the keyword FLCUTTHR of XMM-Newton's flare light curves).

    Returns
    -------
    GoodTime
    """
    quiet = np.isfinite(rate) & (rate <= threshold)
    return good_time(time[quiet] - bin_s / 2, time[quiet] + bin_s / 2)
