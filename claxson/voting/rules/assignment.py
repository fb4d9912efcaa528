"""How much a source is worth looking at; no database."""

import math
from collections.abc import Mapping, Sequence

# An outlier is as much worth a look as a source of whose class nothing is known.
ENTROPY_WEIGHT = 0.6
OUTLIER_WEIGHT = 0.4
# A source that has votes is finished before a like one is begun: half-voted sources help nobody.
DOUBT_WEIGHT = 0.2
PROGRESS_WEIGHT = 0.2
# Changes smaller than this are not written: each one moves the source in the queue's index.
STEP = 0.025


def normalised_entropy(probabilities: Sequence[float]) -> float:
    """0 when one class is certain, 1 when every class is equally likely."""
    if len(probabilities) < 2:
        return 0.0
    nats = -sum(p * math.log(p) for p in probabilities if p > 0)
    return max(0.0, nats / math.log(len(probabilities)))


def interest(probabilities: Mapping[str, float], outlier_rank: float | None) -> float:
    """The classifier's side, in [0, 1]: what it does not know, and what it finds strange.

    `outlier_rank` is the source's rank among all by outlier score, 0 (typical) to 1 (strangest).
    """
    strangeness = 0.0 if outlier_rank is None else min(max(outlier_rank, 0.0), 1.0)
    entropy = normalised_entropy(list(probabilities.values()))
    return ENTROPY_WEIGHT * entropy + OUTLIER_WEIGHT * strangeness


def priority(interest: float, crowd: Mapping[str, float], progress: float, boost: float = 0.0) -> float:
    """Expected information of one more pair of eyes; pins and campaigns come on top.

    `crowd` is the posterior of the votes so far, `progress` their share of the votes needed.
    """
    doubt = normalised_entropy(list(crowd.values())) if progress else 0.0
    return interest + DOUBT_WEIGHT * doubt * progress + PROGRESS_WEIGHT * progress + boost
