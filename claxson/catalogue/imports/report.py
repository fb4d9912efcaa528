"""What an import did, row by row; no database."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

# Called with (rows done, rows in all) as an import goes on.
Progress = Callable[[int, int], None]


class Outcome(Enum):
    """What became of a row; in order of weight."""

    UNCHANGED = 0
    CHANGED = 1
    ADDED = 2

    @staticmethod
    def of_row(own: "Outcome", *touched: "Outcome") -> "Outcome":
        """A row that was there counts as changed when anything it describes was."""
        same = all(outcome is Outcome.UNCHANGED for outcome in touched)
        return Outcome.CHANGED if own is Outcome.UNCHANGED and not same else own


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken; `row` counts as its file does."""

    row: int
    reason: str


@dataclass(frozen=True)
class Report:
    """How many rows of a file were added, changed, left as they were and refused."""

    added: int
    changed: int
    unchanged: int
    refusals: tuple[Refusal, ...]
    note: str = ""

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], refusals: Iterable[Refusal], note: str = "") -> "Report":
        return cls(0, 0, 0, (), note).plus(outcomes, refusals)

    def plus(self, outcomes: Iterable[Outcome], refusals: Iterable[Refusal]) -> "Report":
        counts = Counter(outcomes)
        return replace(
            self,
            added=self.added + counts[Outcome.ADDED],
            changed=self.changed + counts[Outcome.CHANGED],
            unchanged=self.unchanged + counts[Outcome.UNCHANGED],
            refusals=tuple(sorted((*self.refusals, *refusals), key=lambda refusal: refusal.row)),
        )

    @property
    def counts(self) -> dict[str, int]:
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": len(self.refusals),
        }

    def summary(self) -> str:
        counted = ", ".join(f"{count} {what}" for what, count in self.counts.items())
        return f"{counted} ({self.note})" if self.note else counted


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
