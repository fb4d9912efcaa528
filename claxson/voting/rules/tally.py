"""The rules of a consensus; no database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """How the counted votes of one source fell."""

    answer: str
    shares: dict[str, float]
    agreement: float


def tally(answers: Sequence[str], *, order: Sequence[str]) -> Tally:
    """Shares of each answer; the winner of a tie is the one that stands first in `order`.

    `order` goes from the commoner class to the rarer: that breaks ties right more often than chance does.
    """
    if not answers:
        raise ValueError("no votes to tally")
    counts = Counter(answers)
    shares = {answer: counts[answer] / len(answers) for answer in order if counts[answer]}
    winner = max(shares, key=lambda answer: shares[answer])
    return Tally(answer=winner, shares=shares, agreement=shares[winner])
