"""The question and the rules by which answers count, by version; no database."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from claxson.core.classes import DECISIVE, Answer

# Nobody can be trained where there is next to no gold: below this many gold sources (twice the window a voter
# is judged on) every voter's vote counts, whatever `trained_only` says.
GOLD_NEEDED = 40
LONGEST_WORDING = 200
MOST_VOTES = 20


@dataclass(frozen=True)
class Question:
    """One version; `certainty` and `least_votes` matter where `adaptive` is on.

    Votes under `counts_since` and later versions count together: the answers are the same since then.
    """

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


def succeed(before: Question, wanted: Question) -> Question:
    """The version after `before` that has what is wanted; other answers are another count."""
    version = before.version + 1
    same = set(before.answers) == set(wanted.answers)
    return replace(wanted, version=version, counts_since=before.counts_since if same else version)


def problems(question: Question) -> Iterator[str]:
    """What is wrong with it, in words; nothing where it can be asked."""
    unknown = [answer for answer in question.answers if answer not in Answer.values]
    if unknown:
        yield f"unknown answers: {', '.join(unknown)}; known: {', '.join(Answer.values)}"
    if len(set(question.answers)) < len(question.answers):
        yield "an answer stands there twice"
    if len(set(question.answers) & set(DECISIVE)) < 2:
        yield f"there must be two of the answers that decide ({', '.join(DECISIVE)}) at least"
    if len(question.wording) > LONGEST_WORDING:
        yield f"the wording is longer than {LONGEST_WORDING} characters"
    if not 0.5 < question.certainty < 1:
        yield "certainty must lie between 0.5 and 1"
    if not 1 <= question.least_votes <= MOST_VOTES:
        yield f"least_votes must lie between 1 and {MOST_VOTES}"
    for name in ("review_below", "random_share"):
        if not 0 <= getattr(question, name) <= 1:
            yield f"{name} must lie between 0 and 1"
