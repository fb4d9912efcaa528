"""How a voter answers on sources of known class, as a matrix; no database."""

from collections.abc import Mapping, Sequence

from claxson.core.classes import DECISIVE
from claxson.voting.rules.evidence import K

# As many made-up answers of each class as an unknown voter would give: a few answers prove little.
STRENGTH = 4.0

Matrix = dict[str, dict[str, float]]


def skill_matrix(counts: Mapping[tuple[str, str], int], crowd: Sequence[float]) -> Matrix:
    """True class -> answer -> P(answer | true class), from counts by (true class, answer).

    Smoothed towards `crowd`: how an unknown voter answers, row by row in the order of DECISIVE.
    """
    return {true: _row(true, counts, crowd[i * K : (i + 1) * K]) for i, true in enumerate(DECISIVE)}


def _row(true: str, counts: Mapping[tuple[str, str], int], crowd: Sequence[float]) -> dict[str, float]:
    seen = [counts.get((true, answer), 0) for answer in DECISIVE]
    total = sum(seen) + STRENGTH
    return {
        answer: (n + STRENGTH * share) / total for answer, n, share in zip(DECISIVE, seen, crowd, strict=True)
    }
