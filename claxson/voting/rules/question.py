"""The question and the rules by which answers count, by version; no database."""

from dataclasses import dataclass

from claxson.core.classes import Answer

# Nobody can be trained where there is next to no gold: below this many gold sources (twice the window a voter
# is judged on) every voter's vote counts, whatever `trained_only` says.
GOLD_NEEDED = 40


@dataclass(frozen=True)
class Question:
    """One version; `certainty` and `least_votes` matter where `adaptive` is on."""

    version: int = 1
    counts_since: int = 1
    answers: tuple[str, ...] = tuple(Answer.values)
    wording: str = ""
    trained_only: bool = True
    adaptive: bool = False
    certainty: float = 0.99
    least_votes: int = 5
    review_below: float = 0.8
    random_share: float = 0.1


FIRST = Question()
