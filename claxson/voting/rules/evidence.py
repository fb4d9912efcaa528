"""What counted votes say of a source, kept up to date at each vote; no database.

`log_odds` are the sums of log P(answer | true answer) over the counted votes, in the order of DECISIVE;
`classifier.aggregation.online` is the same with numbers kept in memory.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from classifier.aggregation.calibration import UNCALIBRATED, Calibration
from claxson.core.classes import DECISIVE

K = len(DECISIVE)
# Before the first run: somebody who is right in six of ten cases, and errs evenly.
ACCURACY = 0.6
BEGINNING = tuple(ACCURACY if i == j else (1 - ACCURACY) / (K - 1) for i in range(K) for j in range(K))
EVEN = (1.0 / K,) * K


@dataclass(frozen=True)
class Crowd:
    """What the last run learnt: how common each answer is, and how an unknown voter answers."""

    class_shares: tuple[float, ...] = EVEN
    habits: tuple[float, ...] = BEGINNING
    calibration: Calibration = UNCALIBRATED


def of_vote(answer: str, habits: Sequence[float]) -> list[float]:
    """What one vote adds to the log-odds."""
    label = DECISIVE.index(answer)
    return [math.log(habits[true * K + label]) for true in range(K)]


def posterior(log_odds: Sequence[float], n_votes: int, crowd: Crowd) -> dict[str, float]:
    """Answer -> probability, by the votes alone."""
    factor = _factor(crowd.calibration, n_votes)
    summed = log_odds or [0.0] * K
    scaled = [factor * (math.log(s) + o) for s, o in zip(crowd.class_shares, summed, strict=True)]
    top = max(scaled)
    odds = [math.exp(value - top) for value in scaled]
    return {answer: value / sum(odds) for answer, value in zip(DECISIVE, odds, strict=True)}


@lru_cache(maxsize=256)
def _factor(calibration: Calibration, n_votes: int) -> float:
    """For one source: arrays are slow in small numbers."""
    return float(calibration.factor(n_votes))
