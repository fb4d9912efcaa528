"""The classifier's reasons in words, numbers people know, and bars."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.core.classes import SourceClass
from claxson.learning.reasons import Lack, Reason, Reasons
from claxson.web.shown.facts import label_of, value_of
from claxson.web.shown.numbers import times

STRONGEST = 4
EVEN = 0.049  # nats
FULL_BAR = 5.0  # nats: a factor of 150 fills the bar
CATEGORIES: dict[str, Promise] = {
    "location": _("Place"),
    "spectrum": _("Spectrum"),
    "multiwavelength": _("Other light"),
    "variability": _("Changes of brightness"),
}
PRIOR = _("How common the classes are")


@dataclass(frozen=True)
class Weight:
    """Odds as a factor in favour of one class: `key` names it, `side` is where the bar grows to."""

    key: str
    label: str
    times: str
    share: float
    side: str

    @property
    def is_even(self) -> bool:
        """It would read “1.0 times”."""
        return self.share * FULL_BAR < EVEN

    @property
    def width(self) -> str:
        """For an SVG attribute: never in the language's own number format."""
        return f"{50 * self.share:.2f}"

    @property
    def x(self) -> str:
        return "50" if self.side == "right" else f"{50 - 50 * self.share:.2f}"


@dataclass(frozen=True)
class ShownReason:
    """A measurement, or two together, with its value, and what it speaks for."""

    labels: list[str | Promise]
    values: list[str]
    category: str | Promise
    speaks_for: list[str]
    speaks_against: list[str]
    weight: Weight


@dataclass(frozen=True)
class ShownLack:
    label: str | Promise
    weight: Weight
    could_change: bool


@dataclass(frozen=True)
class Why:
    """`total` is what `parts` come to; `strongest` and `others` are what the parts are made of."""

    best: str
    second: str
    total: Weight
    parts: list[tuple[str | Promise, Weight]]
    strongest: list[ShownReason]
    others: list[ShownReason]
    lacks: list[ShownLack]


def why(reasons: Reasons, features: Mapping[str, float | None]) -> Why:
    """By category, then reason by reason, the strongest first."""
    parts = [
        (PRIOR, reasons.prior),
        *((CATEGORIES.get(key, key), odds) for key, odds in reasons.categories.items()),
    ]
    shown = [_reason(reason, reasons, features) for reason in reasons.reasons]
    groups: tuple[str | Promise, ...] = (*CATEGORIES.values(), "")
    ordered = [one for name in groups for one in _of(name, shown[STRONGEST:])]
    return Why(
        best=_label(reasons.best),
        second=_label(reasons.second),
        total=_weight(reasons.log_odds, reasons),
        parts=[(name, _weight(odds, reasons)) for name, odds in parts],
        strongest=shown[:STRONGEST],
        others=ordered,
        lacks=[_lack(lack, reasons) for lack in reasons.lacks],
    )


def _of(category: str | Promise, shown: Iterable[ShownReason]) -> list[ShownReason]:
    return [one for one in shown if one.category == category]


def _reason(reason: Reason, reasons: Reasons, features: Mapping[str, float | None]) -> ShownReason:
    several = len(reason.categories) != 1
    return ShownReason(
        labels=[label_of(name) for name in reason.features],
        values=[value for name in reason.features if (value := value_of(name, features))],
        category="" if several else CATEGORIES.get(reason.categories[0], ""),
        speaks_for=[_label(key) for key in reason.speaks_for],
        speaks_against=[_label(key) for key in reason.speaks_against],
        weight=_weight(reason.log_odds, reasons),
    )


def _lack(lack: Lack, reasons: Reasons) -> ShownLack:
    return ShownLack(label_of(lack.feature), _weight(-lack.reach, reasons), lack.could_change)


def _weight(log_odds: float, reasons: Reasons) -> Weight:
    key, side = (reasons.best, "right") if log_odds >= 0 else (reasons.second, "left")
    share = min(abs(log_odds) / FULL_BAR, 1.0)
    return Weight(key, _label(key), times(log_odds), share, side)


def _label(key: str) -> str:
    known: dict[Any, Any] = dict(SourceClass.choices)
    return str(known.get(key, key))
