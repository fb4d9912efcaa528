"""Bayesian blocks: the constant pieces of a light curve (Scargle et al. 2013, ApJ 764, 167)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.goodtime import GoodTime, elapsed_good
from pipeline.measure.variability.partition import change_points

FALSE_ALARM: Final = 0.001
MOST_CELLS: Final = 500
QUIET_SHARE: Final = 0.5
LEAST_CONTRAST: Final = 1.5
LEAST_SIGMA: Final = 3.0


@dataclass(frozen=True, eq=False)
class Blocks:
    """Pieces of constant rate.

    Attributes
    ----------
    start_s, stop_s : ndarray of shape (n,)
        Begin and end of each block, in the time of the events.
    counts : ndarray of shape (n,)
        Events in it.
    exposure_s : ndarray of shape (n,)
        Good time in it.
    """

    start_s: NDArray[np.float64]
    stop_s: NDArray[np.float64]
    counts: NDArray[np.float64]
    exposure_s: NDArray[np.float64]

    @property
    def rate(self) -> NDArray[np.float64]:
        """Events per good second, background included."""
        return np.asarray(self.counts / self.exposure_s)

    @property
    def error(self) -> NDArray[np.float64]:
        """Poisson error of the rate."""
        return np.asarray(np.sqrt(self.counts + 1.0) / self.exposure_s)


@dataclass(frozen=True)
class Flare:
    """A stretch of blocks above the quiet rate.

    Attributes
    ----------
    start_s, stop_s : float
        Begin and end, in the time of the events.
    peak_s, peak_rate : float
        Middle (s) and rate (s-1) of its highest block.
    whole : bool
        Whether both rise and fall were seen; false for one that was under way at the begin or at the end.
    """

    start_s: float
    stop_s: float
    peak_s: float
    peak_rate: float
    whole: bool


def blocks_of_events(time_s: NDArray[np.float64], good: GoodTime, false_alarm: float = FALSE_ALARM) -> Blocks:
    """Bayesian blocks of event times.

    Parameters
    ----------
    time_s : ndarray of shape (n,)
        Arrival times within good time, any order.
    good : GoodTime
        When the camera looked; gaps count for nothing, as the blocks are made in elapsed good time.
    false_alarm : float
        Probability of a false change point, by the calibration of the paper's equation 21.

    Returns
    -------
    Blocks
        At least one. Above five hundred events, neighbours are joined, singles at both ends left alone.
    """
    ends = elapsed_good(good, np.array([good.start[0], good.stop[-1]]))
    elapsed = np.unique(elapsed_good(good, np.sort(time_s)))
    inner = elapsed[(elapsed > ends[0]) & (elapsed < ends[1])]
    cells, number = _cells(inner)
    edges = np.concatenate([ends[:1], change_points(cells, number, false_alarm), ends[1:]])
    counts = np.histogram(elapsed_good(good, time_s), edges)[0].astype(np.float64)
    clock = _clock(edges, good)
    return Blocks(clock[:-1], clock[1:], counts, np.diff(edges))


def blocks_of_curve(
    edges_s: NDArray[np.float64],
    counts: NDArray[np.int64],
    exposure_s: NDArray[np.float64],
    false_alarm: float = FALSE_ALARM,
) -> Blocks:
    """Bayesian blocks of a binned light curve: its counts are spread evenly over their bins' good time.

    Parameters
    ----------
    edges_s : ndarray of shape (n, 2)
        Begin and end of each bin.
    counts : ndarray of shape (n,), int
        Events in each.
    exposure_s : ndarray of shape (n,)
        Good time in each; bins without any are left out.
    false_alarm : float
        As `blocks_of_events`.

    Returns
    -------
    Blocks
    """
    used = exposure_s > 0
    centre, half = edges_s[used].mean(axis=1), exposure_s[used] / 2
    good = GoodTime(centre - half, centre + half)
    events = counts[used]
    rank = np.concatenate([(np.arange(n) + 0.5) / n for n in events if n > 0] or [np.empty(0)])
    times = np.repeat(good.start, events) + rank * np.repeat(2 * half, events)
    return blocks_of_events(times, good, false_alarm)


def flares(blocks: Blocks) -> list[Flare]:
    """Stretches of blocks that stand out above the quiet rate.

    Parameters
    ----------
    blocks : Blocks
        Of one light curve.

    Returns
    -------
    list of Flare
        In order of time. Quiet is the rate of the lowest blocks that make up half of the good time; a flare
        is half as high again, and in at least one block three errors above quiet.
    """
    order = np.argsort(blocks.rate)
    seconds = np.cumsum(blocks.exposure_s[order])
    low = order[: int(np.searchsorted(seconds, QUIET_SHARE * seconds[-1])) + 1]
    quiet = float(blocks.counts[low].sum() / blocks.exposure_s[low].sum())
    sure = (blocks.rate > LEAST_CONTRAST * quiet) & (blocks.rate - LEAST_SIGMA * blocks.error > quiet)
    above = blocks.rate > LEAST_CONTRAST * quiet
    borders = np.flatnonzero(np.diff(np.concatenate([[False], above, [False]])))
    stretches = [np.arange(a, b) for a, b in zip(borders[::2], borders[1::2], strict=True)]
    return [_flare(blocks, one) for one in stretches if sure[one].any()]


def _flare(blocks: Blocks, members: NDArray[np.int64]) -> Flare:
    top = int(members[np.argmax(blocks.rate[members])])
    middle = float(blocks.start_s[top] + blocks.stop_s[top]) / 2
    return Flare(
        start_s=float(blocks.start_s[members[0]]),
        stop_s=float(blocks.stop_s[members[-1]]),
        peak_s=middle,
        peak_rate=float(blocks.rate[top]),
        whole=bool(members[0] > 0 and members[-1] < len(blocks.rate) - 1),
    )


def _cells(elapsed: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Joins neighbouring events until there are at most five hundred cells: mean time and number of each."""
    size = -(-len(elapsed) // MOST_CELLS)
    if size <= 1:
        return elapsed, np.ones(len(elapsed))
    # The outermost cell of a light curve ends at its own mean; only a single event keeps that harmless.
    starts = np.concatenate([[0], np.arange(1, len(elapsed) - 1, size), [len(elapsed) - 1]])
    number = np.diff(np.append(starts, len(elapsed))).astype(np.float64)
    return np.add.reduceat(elapsed, starts) / number, number


def _clock(elapsed: NDArray[np.float64], good: GoodTime) -> NDArray[np.float64]:
    """Times at which so much good time has elapsed."""
    before = np.concatenate([[0.0], np.cumsum(good.stop - good.start)])
    row = np.clip(np.searchsorted(before, elapsed, side="right") - 1, 0, len(good.start) - 1)
    return np.asarray(good.start[row] + (elapsed - before[row]))
