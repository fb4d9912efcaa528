"""The best division of a series into pieces of constant rate, by dynamic programming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE: Final = 64


def change_points(
    cells: NDArray[np.float64], number: NDArray[np.float64], false_alarm: float
) -> NDArray[np.float64]:
    """Times at which the rate of a series of events changes.

    Parameters
    ----------
    cells : ndarray of shape (n,)
        Times of the cells, strictly increasing.
    number : ndarray of shape (n,)
        Events in each, at least one.
    false_alarm : float
        Probability of a false change point.

    Returns
    -------
    ndarray of shape (k,)
        Change points, half way between two cells; empty for a constant rate.

    Notes
    -----
    The algorithm of Scargle et al. 2013, ApJ 764, 167, sections 2 and 3.1 with the prior of equation 21. It
    gives what `astropy.stats.bayesian_blocks` gives, several times faster, because sums over cells come from
    differences of running sums.
    """
    if len(cells) < 3:
        return np.empty(0)
    edges = np.concatenate([cells[:1], 0.5 * (cells[1:] + cells[:-1]), cells[-1:]])
    running = np.concatenate([[0.0], np.cumsum(number)])
    price = 4.0 - np.log(73.53 * false_alarm * len(cells) ** -0.478)
    best = np.zeros(len(cells) + 1)
    begins = np.zeros(len(cells), dtype=np.int64)
    for last, alone in enumerate(_fitness(edges, running)):
        fitness = alone + best[: last + 1]
        begins[last] = fitness.argmax()
        best[last + 1] = fitness[begins[last]] - price
    found: list[int] = []
    piece = int(begins[-1])
    while piece > 0:
        found.append(piece)
        piece = int(begins[piece - 1])
    return edges[found[::-1]]


def _fitness(edges: NDArray[np.float64], running: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """For each cell, the fitness of the pieces that end with it, by the cell they begin with."""
    for first in range(0, len(edges) - 1, ROWS_AT_ONCE):
        stop = min(first + ROWS_AT_ONCE, len(edges) - 1)
        # In the upper triangle, where pieces would end before they begin, stand numbers that nobody reads.
        counts = np.maximum(running[first + 1 : stop + 1, None] - running[:stop], 1.0)
        # The first and the last edge are events themselves, so a piece may have no width.
        width = np.maximum(edges[first + 1 : stop + 1, None] - edges[:stop], 1e-300)
        rows = counts * np.log(counts / width)
        yield from (row[: first + number + 1] for number, row in enumerate(rows))
