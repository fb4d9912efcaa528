"""A volunteer's path: Discovery, Training, Achievement, Record; no database.

The first two are those of who is learning, the last two those of whose votes count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from claxson.voting.rules.training import RIGHT, WINDOW

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
    """A level and what is missing for the next; what does not matter for it is 0.

    For votes to count, WINDOW answers on gold are needed, RIGHT of them right. Each is a classification too,
    so that the twenty classifications are there by then, and need no count of their own.
    """

    level: Level
    votes_missing: int = 0
    gold_missing: int = 0
    right_missing: int = 0

    @property
    def window(self) -> int:
        return WINDOW

    @property
    def right_needed(self) -> int:
        return RIGHT

    @property
    def right_done(self) -> int:
        return RIGHT - self.right_missing

    @property
    def can_pass_next(self) -> bool:
        """Whether the answers that are missing can be right often enough: else older ones must fall out."""
        return 0 < self.gold_missing >= self.right_missing

    @property
    def percent(self) -> int:
        """How much of the way to the next level is done."""
        missing = self.votes_missing + self.gold_missing + self.right_missing
        return 100 if self.level is Level.RECORD else round(100 * (1 - missing / NEEDED[self.level]))


NEEDED = {
    Level.DISCOVERY: BEGUN,
    Level.TRAINING: WINDOW + RIGHT,
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
        gold_missing=WINDOW - len(window),
        right_missing=max(0, RIGHT - sum(window)),
    )
