"""How well somebody answers, with how sure that is: overall, and class by class in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.community.intervals import wilson
from claxson.core.classes import SourceClass
from claxson.voting.rules.skill import Matrix

WORDS: tuple[tuple[float, Promise], ...] = (
    (0.8, _("You know them well")),
    (0.6, _("You recognise most of them")),
    (0.0, _("Worth practising")),
)


@dataclass(frozen=True)
class Success:
    """In per cent; `percent` is None before there is any answer on gold."""

    n_gold: int
    percent: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Skill:
    """One class: how many of its known sources were answered, and the smoothed chance of being right."""

    key: str
    label: str
    n: int
    percent: float
    words: Promise

    @property
    def width(self) -> str:
        """For an SVG attribute: never in the language's own number format."""
        return f"{self.percent:.2f}"


def success(n_right: int, n_gold: int) -> Success:
    low, high = wilson(n_right, n_gold)
    return Success(n_gold, 100 * n_right / n_gold if n_gold else None, 100 * low, 100 * high)


def skills(matrix: Matrix, counts: Mapping[str, int]) -> list[Skill]:
    """Of the classes of which somebody has seen a source of known class."""
    return [
        Skill(choice.value, str(choice.label), n, 100 * share, _words(share))
        for choice in SourceClass
        if (n := counts.get(choice.value, 0))
        for share in [matrix[choice.value][choice.value]]
    ]


def _words(share: float) -> Promise:
    return next(words for least, words in WORDS if share >= least)
