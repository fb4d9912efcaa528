"""Pairs of voters who answer as one person does; no database.

Good eyes agree, too: with each other, and with everybody else. So a pair must agree more often than can be
by how often each agrees with the others, and must share the answers that hardly anybody else gave.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.stats import binom

Ints = npt.NDArray[np.int64]

LEAST_SHARED = 30
LEAST_AGREEMENT = 0.9
# Without so many others nobody knows what is usual on a source; with more than so many it is left out: every
# voter meets every other there, which says nothing and costs a square.
LEAST_OTHERS = 5
MOST_VOTERS = 200
RARE = 0.2
BY_CHANCE = 1e-9
# Who shares a rare answer may share an eye for it: half the time, at the very most.
RARE_TOGETHER = 0.5
RARE_BY_CHANCE = 1e-6
ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Pair:
    """Two voters (by their numbers) and what they have in common."""

    one: int
    other: int
    shared: int
    agreed: int
    expected: float
    rare: int
    rare_agreed: int


@dataclass(frozen=True)
class _Table:
    """Votes by place: sources and voters numbered from 0; `counts` (source, label) is of everybody."""

    voters: Ints
    counts: npt.NDArray[np.int64]
    met: sparse.csr_array
    said: sparse.csr_array


def pairs_in_lockstep(source: Ints, voter: Ints, label: Ints, suspects: Ints) -> list[Pair]:
    """The pairs among `suspects`; the other voters say what is usual. One vote a voter and source."""
    if not len(source):
        return []
    table = _table(source, voter, label, suspects)
    found = (_compare(table, a, b) for a, b in _close(table))
    return [pair for pair in found if pair is not None]


def _table(source: Ints, voter: Ints, label: Ints, suspects: Ints) -> _Table:
    """Only who could share enough takes part: the cost is that of pairs who meet, not of all pairs."""
    place = np.unique(source, return_inverse=True)[1]
    n_sources, n_labels = int(place.max()) + 1, int(label.max()) + 1
    counts = np.zeros((n_sources, n_labels), dtype=np.int64)
    np.add.at(counts, (place, label), 1)
    crowd = counts.sum(axis=1)[place]
    kept = np.isin(voter, suspects) & (crowd >= LEAST_OTHERS + 2) & (crowd <= MOST_VOTERS)
    busy, n = np.unique(voter[kept], return_counts=True)
    kept &= np.isin(voter, busy[n >= LEAST_SHARED])
    voters, row = np.unique(voter[kept], return_inverse=True)
    ones = np.ones(len(row), dtype=np.int32)
    met = sparse.csr_array((ones, (row, place[kept])), shape=(len(voters), n_sources))
    cells = place[kept] * n_labels + label[kept]
    said = sparse.csr_array((ones, (row, cells)), shape=(len(voters), n_sources * n_labels))
    return _Table(voters, counts, met, said)


def _close(table: _Table) -> Iterator[tuple[int, int]]:
    """Pairs that met often enough and nearly always agreed."""
    for start in range(0, len(table.voters), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        met = (table.met[rows] @ table.met.T).tocoo()
        often = met.data >= LEAST_SHARED
        one, other, shared = met.row[often] + start, met.col[often], met.data[often]
        agreed = (table.said[rows] @ table.said.T).tocsr()[one - start, other]
        close = (one < other) & (np.asarray(agreed).ravel() >= LEAST_AGREEMENT * shared)
        yield from zip(one[close].tolist(), other[close].tolist(), strict=True)


def _compare(table: _Table, a: int, b: int) -> Pair | None:
    n_labels = table.counts.shape[1]
    said_a, said_b = (np.sort(table.said[[row]].indices) for row in (a, b))
    source, at_a, at_b = np.intersect1d(said_a // n_labels, said_b // n_labels, return_indices=True)
    label_a, label_b = said_a[at_a] % n_labels, said_b[at_b] % n_labels
    others, here = table.counts[source].copy(), np.arange(len(source))
    np.subtract.at(others, (here, label_a), 1)
    np.subtract.at(others, (here, label_b), 1)
    same = label_a == label_b
    usual = others.argmax(axis=1)
    with_a, with_b = np.mean(label_a == usual), np.mean(label_b == usual)
    rare = others[here, label_a] <= RARE * others.sum(axis=1)
    expected = float(with_a * with_b + (1 - with_a) * (1 - with_b))
    numbers = len(source), int(same.sum()), expected, int(rare.sum()), int((rare & same).sum())
    pair = Pair(int(table.voters[a]), int(table.voters[b]), *numbers)
    return pair if _is_impossible(pair) else None


def _is_impossible(pair: Pair) -> bool:
    by_chance = binom.sf(pair.agreed - 1, pair.shared, pair.expected)
    rare_by_chance = binom.sf(pair.rare_agreed - 1, pair.rare, RARE_TOGETHER) if pair.rare else 1.0
    return bool(by_chance < BY_CHANCE and rare_by_chance < RARE_BY_CHANCE)
