"""What people who look do not do; no database. A detector gives its evidence, or None; a person decides.

The limits are for "beyond doubt": thousands of honest voters are tried every night.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy.stats import binom

from claxson.voting.rules.assignment import normalised_entropy

Evidence = dict[str, Any]

LEAST_ANSWERS = 50
ONE_ANSWER_SHARE = 0.9
BY_CHANCE = 1e-9

LEAST_TIMED = 30
FAST_MS = 1000.0

# Gold of every class is handed out equally often, so guessing is right in one of four cases. Even a poor eye
# is right in half of them: what that would hardly ever do is no eye.
GUESSING = 0.25
POOR_EYE = 0.5
GOLD_BY_CHANCE = 1e-4


@dataclass(frozen=True)
class Activity:
    """One voter in the window; `answers` counts those that decide, on sources of every kind."""

    answers: Mapping[str, int] = field(default_factory=dict)
    n_timed: int = 0
    median_ms: float = 0.0
    n_gold: int = 0
    n_right: int = 0


def one_answer(activity: Activity, crowd: Mapping[str, int]) -> Evidence | None:
    """Nearly always the same answer, where the others (`crowd` less this voter) see more than one kind."""
    n = sum(activity.answers.values())
    if n < LEAST_ANSWERS:
        return None
    answer, most = max(activity.answers.items(), key=lambda item: item[1])
    others = {key: count - activity.answers.get(key, 0) for key, count in crowd.items()}
    usual = (others.get(answer, 0) + 1) / (sum(others.values()) + len(crowd))
    if most < ONE_ANSWER_SHARE * n or binom.sf(most - 1, n, usual) > BY_CHANCE:
        return None
    entropy = normalised_entropy([activity.answers.get(key, 0) / n for key in crowd])
    return {"answer": answer, "share": most / n, "of_others": usual, "entropy": entropy, "n": n}


def too_fast(activity: Activity) -> Evidence | None:
    """Half of the answers in less time than a picture takes to see."""
    if activity.n_timed < LEAST_TIMED or activity.median_ms >= FAST_MS:
        return None
    return {"median_ms": activity.median_ms, "n": activity.n_timed}


def below_chance(activity: Activity) -> Evidence | None:
    """On sources of known class no better than a guess, and surely worse than a poor eye."""
    n, right = activity.n_gold, activity.n_right
    if not n or right > GUESSING * n or binom.cdf(right, n, POOR_EYE) > GOLD_BY_CHANCE:
        return None
    return {"right": right, "n": n, "guessing": GUESSING}
