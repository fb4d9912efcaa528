"""The flux of a source from observation to observation, as a drawing, a summary and a table."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claxson.web.shown.numbers import written

LEFT, RIGHT, TOP, BOTTOM = 84, 620, 16, 216
MJD_0 = dt.date(1858, 11, 17)
NUMBERS = ("mjd_start", "flux_8_cgs", "flux_8_cgs_err", "upper_limit_8_cgs")
NOTEWORTHY_RATIO = 1.1
LONGEST_BAR = 5.0  # as a factor: an error as large as its flux would reach down for ever on this scale


@dataclass(frozen=True)
class Epoch:
    """One observation; `low` and `high` are flux less and plus its error, or both the limit to it."""

    mjd: float
    flux: float
    low: float
    high: float
    detected: bool

    @property
    def date(self) -> dt.date:
        return MJD_0 + dt.timedelta(days=int(self.mjd))


@dataclass(frozen=True)
class Point:
    """In pixels of the drawing, written for SVG; `text` is its line in the table."""

    x: str
    y: str
    low: str
    high: str
    detected: bool
    date: str
    text: str


@dataclass(frozen=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True)
class History:
    """At least two observations."""

    points: tuple[Point, ...]
    dates: tuple[Tick, ...]
    fluxes: tuple[Tick, ...]
    summary: str

    @property
    def has_limits(self) -> bool:
        return not all(point.detected for point in self.points)


@dataclass(frozen=True)
class Axes:
    """Time across, and upwards the logarithm of the flux, in pixels."""

    first: float
    last: float
    floor: float
    ceiling: float

    def across(self, mjd: float) -> str:
        return f"{LEFT + (mjd - self.first) / (self.last - self.first) * (RIGHT - LEFT):.1f}"

    def up(self, flux: float) -> str:
        share = math.log(flux / self.floor) / math.log(self.ceiling / self.floor)
        return f"{BOTTOM - share * (BOTTOM - TOP):.1f}"


def history(epochs: Iterable[Mapping[str, Any]]) -> History | None:
    """None where there is nothing to compare."""
    known = sorted(_known(epochs), key=lambda epoch: epoch.mjd)
    if len(known) < 2 or not any(epoch.detected for epoch in known):
        return None
    axes = _axes(known)
    values = _round_values(axes.floor, axes.ceiling)
    return History(
        points=tuple(_point(one, axes) for one in known),
        dates=tuple(Tick(axes.across(mjd), label) for mjd, label in _dates(known[0], known[-1])),
        fluxes=tuple(Tick(axes.up(flux), written(flux, 1)) for flux in values),
        summary=_summary(known),
    )


def _axes(known: Sequence[Epoch]) -> Axes:
    margin = max(0.06 * (known[-1].mjd - known[0].mjd), 1.0)
    low, high = min(one.low for one in known), max(one.high for one in known)
    return Axes(known[0].mjd - margin, known[-1].mjd + margin, low / 1.4, high * 1.4)


def _point(one: Epoch, axes: Axes) -> Point:
    return Point(
        x=axes.across(one.mjd),
        y=axes.up(one.flux),
        low=axes.up(one.low),
        high=axes.up(one.high),
        detected=one.detected,
        date=date_format(one.date, "DATE_FORMAT"),
        text=_text(one),
    )


def _known(epochs: Iterable[Mapping[str, Any]]) -> Iterator[Epoch]:
    """Those with a time and a flux, or a limit to it, above zero."""
    for one in epochs:
        mjd, flux, error, limit = (one.get(name) for name in NUMBERS)
        if mjd is None:
            continue
        if one.get("detected") and flux and flux > 0 and error is not None:
            yield Epoch(mjd, flux, max(flux - error, flux / LONGEST_BAR), flux + error, detected=True)
        elif not one.get("detected") and limit and limit > 0:
            yield Epoch(mjd, limit, limit, limit, detected=False)


def _text(one: Epoch) -> str:
    if not one.detected:
        return f"< {written(one.flux, 2)}"
    return f"{written(one.flux)} ± {written(one.high - one.flux, 2)}"


def _dates(first: Epoch, last: Epoch) -> Iterator[tuple[float, str]]:
    """Years where there are several, else the two ends."""
    years = last.date.year - first.date.year
    if years < 2:
        ends = dict.fromkeys((one.mjd, date_format(one.date, "SHORT_DATE_FORMAT")) for one in (first, last))
        yield from list(ends)[: 2 if last.mjd > first.mjd else 1]
        return
    step = max(1, round(years / 5))
    for year in range(first.date.year + 1, last.date.year + 1, step):
        yield float((dt.date(year, 1, 1) - MJD_0).days), str(year)


def _round_values(floor: float, ceiling: float) -> list[float]:
    powers = range(math.floor(math.log10(floor)), math.ceil(math.log10(ceiling)) + 1)
    digits = (1, 2, 5) if ceiling / floor < 50 else (1,)
    values = [digit * 10.0**power for power in powers for digit in digits]
    return [value for value in values if floor <= value <= ceiling]


def _summary(known: Sequence[Epoch]) -> str:
    n_seen = sum(one.detected for one in known)
    told = {
        "seen": n_seen,
        "n": len(known),
        "first": date_format(known[0].date, "DATE_FORMAT"),
        "last": date_format(known[-1].date, "DATE_FORMAT"),
    }
    sentence = ngettext(
        "Seen in %(seen)s of %(n)s observations between %(first)s and %(last)s.",
        "Seen in %(seen)s of %(n)s observations between %(first)s and %(last)s.",
        n_seen,
    )
    parts = [sentence % told]
    # The lower end of the highest over the upper end of the lowest, as the XMM catalogues do.
    ratio = max(one.low for one in known if one.detected) / min(one.high for one in known)
    if ratio >= NOTEWORTHY_RATIO:
        parts.append(_("It changed by a factor of %(ratio)s at least.") % {"ratio": written(ratio, 2)})
    return " ".join(parts)
