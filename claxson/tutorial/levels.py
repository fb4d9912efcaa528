"""A volunteer's path: Discovery, Training, Achievement, Record; no database.

The first two are those of who is learning, the last two those of whose votes count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from claxson.voting.rules.training import CLASSIFICATIONS, SUCCESS, WINDOW

BEGUN = 5
RECORD = 100


class Level(IntEnum):
    """What a volunteer has reached."""

    DISCOVERY = 1
    TRAINING = 2
    ACHIEVEMENT = 3
    RECORD = 4


@dataclass(frozen=True)
class Progress:
    """A level and what is missing for the next; what does not matter for it is 0."""

    level: Level
    votes_missing: int = 0
    gold_missing: int = 0
    right_missing: int = 0

    @property
    def percent(self) -> int:
        """How much of the way to the next level is done."""
        missing = self.votes_missing + self.gold_missing + self.right_missing
        return 100 if self.level is Level.RECORD else round(100 * (1 - missing / NEEDED[self.level]))


NEEDED = {
    Level.DISCOVERY: BEGUN,
    Level.TRAINING: CLASSIFICATIONS + WINDOW + round(SUCCESS * WINDOW),
    Level.ACHIEVEMENT: RECORD,
}


def progress(n_votes: int, last_gold: Sequence[bool], *, trained: bool) -> Progress:
    """`last_gold`: whether each of the newest gold answers was right, at most WINDOW of them."""
    if trained:
        if n_votes >= RECORD:
            return Progress(Level.RECORD)
        return Progress(Level.ACHIEVEMENT, votes_missing=RECORD - n_votes)
    if n_votes < BEGUN:
        return Progress(Level.DISCOVERY, votes_missing=BEGUN - n_votes)
    window = last_gold[:WINDOW]
    return Progress(
        Level.TRAINING,
        votes_missing=max(0, CLASSIFICATIONS - n_votes),
        gold_missing=WINDOW - len(window),
        right_missing=max(0, round(SUCCESS * WINDOW) - sum(window)),
    )
