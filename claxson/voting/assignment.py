"""How much a source is worth looking at; no database."""

import math
from collections.abc import Mapping

# An outlier is as much worth a look as a source of whose class nothing is known.
ENTROPY_WEIGHT = 0.6
OUTLIER_WEIGHT = 0.4


def normalised_entropy(probabilities: Mapping[str, float]) -> float:
    """0 when the classifier is certain, 1 when every class is equally likely."""
    if len(probabilities) < 2:
        return 0.0
    nats = -sum(p * math.log(p) for p in probabilities.values() if p > 0)
    return max(0.0, nats / math.log(len(probabilities)))


def priority(probabilities: Mapping[str, float], outlier_rank: float | None) -> float:
    """Expected information of one more pair of eyes, in [0, 1].

    `outlier_rank` is the source's rank among all by outlier score, 0 (typical) to 1 (strangest).
    """
    strangeness = 0.0 if outlier_rank is None else min(max(outlier_rank, 0.0), 1.0)
    return ENTROPY_WEIGHT * normalised_entropy(probabilities) + OUTLIER_WEIGHT * strangeness
