"""Spectra and light curves: a summary in words and a table; the browser draws the rest."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claxson.catalogue.selectors import ShownProduct
from claxson.catalogue.store import stored_path
from claxson.web.shown.numbers import localised, written
from claxson.web.shown.variants import variants

logger = logging.getLogger(__name__)

Document = dict[str, Any]
CHANCE_VARIED = 1e-5  # as the XMM catalogues flag variability
CHANCE_STEADY = 0.01
NOTEWORTHY_RATIO = 1.1  # below it "1 times the lowest" would only confuse
TOGETHER = "ALL"
FEW_NET_COUNTS = 100  # of a spectrum, all cameras: the points of three would lie over each other
FEW_EVENTS = 200  # of a light curve, all cameras, background included
BAD_DOCUMENT = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Table:
    """The numbers of one camera."""

    camera: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot:
    """`broken` says why nothing can be drawn; then there is nothing but that.

    `drawing` is a still picture for pages without scripts, `overlays` what is drawn beside the points,
    `first` the cameras that are shown at first.
    """

    kind: str
    sha256: str = ""
    obsid: str = ""
    broken: str = ""
    summary: str = ""
    tables: tuple[Table, ...] = field(default=())
    drawing: str = ""
    overlays: frozenset[str] = frozenset()
    facts: Mapping[str, float | None] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    may_be_added: bool = False

    @property
    def has_background(self) -> bool:
        return "background" in self.overlays

    @property
    def has_model(self) -> bool:
        return "model" in self.overlays

    @property
    def has_blocks(self) -> bool:
        return "blocks" in self.overlays

    @property
    def has_flares(self) -> bool:
        return "background_flares_s" in self.overlays

    @property
    def alone(self) -> str:
        """The camera that is shown at first without the others."""
        return self.first[0] if len(self.first) < len(self.cameras) and not self.begins_together else ""

    @property
    def begins_together(self) -> bool:
        return self.first == (TOGETHER,)

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(table.camera for table in self.tables)


def plot(kind: str, product: ShownProduct | None) -> Plot:
    """Never fails: a broken product is a message in its place, and does not block a vote."""
    if product is None:
        return Plot(kind, broken=_("None was made from this observation."))
    try:
        document = json.loads(stored_path(product.sha256).read_text(encoding="utf-8"))
        tables = tuple(TABLES[kind](document))
        summary, overlays = SUMMARIES[kind](document), frozenset(_overlays(document))
        first, added = _shown_first(document), _may_be_added(document)
    except BAD_DOCUMENT as error:
        logger.warning("broken %s %s: %r", kind, product.sha256, error)
        return Plot(kind, broken=_("The file of this plot is damaged. You can answer without it."))
    if not any(table.rows for table in tables):
        return Plot(kind, broken=_("Too few X-rays were recorded for this plot."))
    return Plot(
        kind=kind,
        sha256=product.sha256,
        obsid=product.obsid,
        summary=summary,
        tables=tables,
        drawing=next((one["sha256"] for one in variants(product.meta, "drawing")), ""),
        overlays=overlays,
        facts=_numbers(document.get("facts")),
        first=first,
        may_be_added=added,
    )


def _numbers(facts: Any) -> dict[str, float]:
    pairs = facts.items() if isinstance(facts, dict) else ()
    return {name: float(value) for name, value in pairs if isinstance(value, int | float)}


def _overlays(document: Document) -> Iterator[str]:
    if any(camera.get("background") for camera in document["cameras"]):
        yield "background"
    if any(camera.get("model") for camera in document["cameras"]):
        yield "model"
    if len((document.get("blocks") or {}).get("rate") or []) > 1:
        yield "blocks"
    if document.get("background_flares_s"):
        yield "background_flares_s"


def _may_be_added(document: Document) -> bool:
    """A light curve of several cameras in the same bins, one of which at least all observed.

    Rates of a spectrum may not be added: each camera collects another share of the X-rays at each energy.
    """
    times = [camera.get("time_s") for camera in document["cameras"]]
    if len(times) < 2 or times[0] is None or any(one != times[0] for one in times):
        return False
    rates = zip(*(camera["rate"] for camera in document["cameras"]), strict=True)
    return any(all(rate is not None for rate in one_bin) for one_bin in rates)


def _shown_first(document: Document) -> tuple[str, ...]:
    """All cameras; of few X-rays all together, or else the camera that recorded most of them."""
    cameras = document["cameras"]
    facts = document.get("facts") or {}
    if _may_be_added(document):
        if _fewer(facts.get("counts"), FEW_EVENTS):
            return (TOGETHER,)
    elif _fewer(facts.get("net_counts"), FEW_NET_COUNTS) and all(camera.get("counts") for camera in cameras):
        return (str(max(cameras, key=lambda camera: sum(camera["counts"]))["camera"]),)
    return tuple(str(camera["camera"]) for camera in cameras)


def _fewer(counts: Any, few: int) -> bool:
    return isinstance(counts, int | float) and counts < few


def _spectrum_tables(document: Document) -> Iterable[Table]:
    columns = (_("Energy (keV)"), _("X-rays per second and keV"), _("Uncertainty"), _("Background"))
    for camera in document["cameras"]:
        bins = zip(camera["energy_lo_kev"], camera["energy_hi_kev"], strict=True)
        energies = [f"{written(low)}\N{EN DASH}{written(high)}" for low, high in bins]
        yield _table(camera, columns, energies, "background")


def _lightcurve_tables(document: Document) -> Iterable[Table]:
    columns = (_("Time (s)"), _("X-rays per second"), _("Uncertainty"), _("Share of the time observed"))
    for camera in document["cameras"]:
        times = [localised(f"{time:.0f}") for time in camera["time_s"]]
        yield _table(camera, columns, times, "fraction_exposed")


def _table(camera: Document, columns: tuple[str, ...], first: list[str], last: str) -> Table:
    numbers = (camera["rate"], camera["rate_err"], camera.get(last) or [None] * len(first))
    written_columns = ([_cell(value) for value in column] for column in numbers)
    return Table(str(camera["camera"]), columns, tuple(zip(first, *written_columns, strict=True)))


def _cell(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else written(value)


def _spectrum_summary(document: Document) -> str:
    facts = document.get("facts") or {}
    counts, peak = facts.get("net_counts"), facts.get("peak_energy_kev")
    parts = []
    if counts is not None:
        parts.append(_("%(counts)s X-rays above the background.") % {"counts": localised(f"{counts:.0f}")})
    if peak is not None:
        parts.append(_("It is highest near %(energy)s keV.") % {"energy": written(peak, 2)})
    return " ".join(parts)


def _lightcurve_summary(document: Document) -> str:
    facts = document.get("facts") or {}
    mean, chance, ratio = (facts.get(name) for name in ("mean_rate", "chi2_prob", "max_over_min"))
    parts = []
    if mean is not None:
        parts.append(_("%(rate)s X-rays per second on average.") % {"rate": written(mean, 2)})
    steady = chance is not None and chance >= CHANCE_STEADY  # then the ratio is of two chance points
    if ratio is not None and ratio >= NOTEWORTHY_RATIO and not steady:
        parts.append(_("The highest point is %(ratio)s times the lowest.") % {"ratio": written(ratio, 2)})
    if chance is not None:
        parts.append(_constancy(chance))
    if flares := facts.get("n_flares"):
        parts.append(ngettext("%(n)s flare was found.", "%(n)s flares were found.", flares) % {"n": flares})
    return " ".join(parts)


def _constancy(chance: float) -> str:
    if chance < CHANCE_VARIED:
        return _("It varied: a steady source would almost never look like this.")
    if chance < CHANCE_STEADY:
        return _("It may have varied.")
    return _("It looks steady.")


TABLES: dict[str, Callable[[Document], Iterable[Table]]] = {
    "spectrum": _spectrum_tables,
    "lightcurve": _lightcurve_tables,
}
SUMMARIES: dict[str, Callable[[Document], str]] = {
    "spectrum": _spectrum_summary,
    "lightcurve": _lightcurve_summary,
}
