"""What people who look do not do; no database. A detector gives its evidence, or None; a person decides.

The limits are for "beyond doubt": thousands of honest voters are tried every night.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
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

# A person's pauses between two answers differ by as much as the pauses are long; a timer's hardly do.
LEAST_PAUSES = 50
REGULAR = 0.15

# Fewer behind one network are a family.
LEAST_VOTERS = 5


@dataclass(frozen=True)
class Activity:
    """One voter in the window; `answers` counts those that decide, on sources of every kind."""

    answers: Mapping[str, int] = field(default_factory=dict)
    n_timed: int = 0
    median_ms: float = 0.0
    n_gold: int = 0
    n_right: int = 0


@dataclass(frozen=True)
class Rhythm:
    """The pauses between one voter's answers, in seconds: how many, and their quartiles."""

    n: int
    quartiles: tuple[float, float, float]


def judged(activity: Activity, crowd: Mapping[str, int]) -> Iterator[tuple[str, Evidence]]:
    """What there is against one voter's answers, by the detector's name."""
    found = {
        "one answer": one_answer(activity, crowd),
        "too fast": too_fast(activity),
        "below chance": below_chance(activity),
    }
    yield from ((name, evidence) for name, evidence in found.items() if evidence is not None)


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


def regular(rhythm: Rhythm) -> Evidence | None:
    """Answers that come like a clock's strokes."""
    first, middle, third = rhythm.quartiles
    if rhythm.n < LEAST_PAUSES or third - first > REGULAR * middle:
        return None
    return {"median_s": middle, "spread": (third - first) / middle, "n": rhythm.n}


def one_network(members: Sequence[Activity]) -> Evidence | None:
    """Many voters behind one network who, taken for one person, could not pass; each alone did too little.

    A school's pupils sit behind one network, too: that they are many is nothing against them.
    """
    if len(members) < LEAST_VOTERS:
        return None
    as_one = _pooled(members)
    for name, evidence in (("too fast", too_fast(as_one)), ("below chance", below_chance(as_one))):
        if evidence is not None:
            return {"voters": len(members), "as_one": name, **evidence}
    return None


def _pooled(members: Sequence[Activity]) -> Activity:
    """All answers together; the pace is that of the voter in the middle."""
    timed = [member for member in members if member.n_timed]
    return Activity(
        answers=sum((Counter(member.answers) for member in members), Counter()),
        n_timed=sum(member.n_timed for member in timed),
        median_ms=median(member.median_ms for member in timed) if timed else 0.0,
        n_gold=sum(member.n_gold for member in members),
        n_right=sum(member.n_right for member in members),
    )
