"""What is told after an answer on a source that teaches: right or wrong, its class, the clues."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.catalogue.selectors import ShownSource, shown_source
from claxson.tutorial.clues import LIGHTCURVE, NUMBERS, PICTURE, SPECTRUM, Clue, clues_for
from claxson.web.shown import facts
from claxson.web.shown.answers import verdict_sentence
from claxson.web.shown.observations import observations
from claxson.web.shown.plots import Plot

SHOWN_CLUES = 4
WORDS: dict[str, Promise] = {
    "loxo_as_light": _(
        "loXO is between \N{MINUS SIGN}1 and 1: about as bright in X-rays as in visible light"
    ),
    "loxo_low": _("loXO is below \N{MINUS SIGN}1: it gives far more light than X-rays"),
    "loxo_high": _("loXO is above 1: far brighter in X-rays than in visible light"),
    "loxi_low": _("loXI is below \N{MINUS SIGN}1: it gives far more infrared light than X-rays"),
    "far_from_plane": _("it is far from the plane of the Milky Way"),
    "near_plane": _("it is near the plane of the Milky Way"),
    "slopes_gently": _("its spectrum slopes gently downwards, like a straight line"),
    "flat": _("its spectrum is flat and hard"),
    "soft": _("it has hardly any X-rays above 2 keV"),
    "hard": _("it has many X-rays above 2 keV"),
    "peaks_near_1_kev": _("its spectrum is highest near 1 keV"),
    "steady": _("its brightness stayed the same during the observation"),
    "varied": _("its brightness changed during the observation"),
    "changes_over_years": _("it was ten times brighter in some years than in others"),
    "moves": _("it moves across the sky, so it is near us"),
    "on_galaxy": _("it lies on a nearby galaxy"),
}
# The energies (keV) at which a clue is seen on the spectrum; None for what all of a light curve shows.
SEEN_AT: dict[str, tuple[float, float] | None] = {
    "slopes_gently": (1.0, 8.0),
    "flat": (1.0, 8.0),
    "soft": (2.0, 12.0),
    "hard": (2.0, 12.0),
    "peaks_near_1_kev": (0.5, 1.3),
    "steady": None,
    "varied": None,
}
SEEN_ON: dict[str, Promise] = {
    NUMBERS: _("Numbers"),
    SPECTRUM: _("Spectrum"),
    LIGHTCURVE: _("Light curve"),
    PICTURE: _("Picture"),
}


@dataclass(frozen=True)
class ShownClue:
    """One clue in words, and where it is seen."""

    words: Promise
    seen_on: Promise


@dataclass(frozen=True)
class Evidence:
    """The plot that shows the strongest clue that any plot shows; `mark`: where (keV), if at one place."""

    words: Promise
    plot: Plot
    source: ShownSource
    mark: tuple[float, float] | None


@dataclass(frozen=True)
class Verdict:
    """`deciding` is the measurement that decides most, `facts` the cards it may stand on."""

    name: str
    key: str
    right: bool
    sentence: str
    clues: list[ShownClue]
    facts: list[facts.Fact]
    deciding: str
    evidence: Evidence | None


def verdict(name: str, answer: str, gold_class: str) -> Verdict | None:
    """None where the source is gone."""
    source = shown_source(name)
    if source is None:
        return None
    found = clues_to(gold_class, source)[:SHOWN_CLUES]
    deciding = found[0].feature if found else ""
    return Verdict(
        name=name,
        key=gold_class,
        right=answer == gold_class,
        sentence=verdict_sentence(name, answer, gold_class),
        clues=[_shown(clue) for clue in found],
        facts=facts.clues(source.features),
        deciding=deciding,
        evidence=_evidence(found, source),
    )


def _evidence(found: list[Clue], source: ShownSource) -> Evidence | None:
    for observation in observations(source)[:1]:
        plots = {SPECTRUM: observation.spectrum, LIGHTCURVE: observation.lightcurve}
        for clue in found:
            plot = plots.get(clue.seen_on)
            if plot and not plot.broken and clue.key in SEEN_AT:
                return Evidence(WORDS[clue.key], plot, source, SEEN_AT[clue.key])
    return None


def clues_to(gold_class: str, source: ShownSource) -> list[Clue]:
    """What of this source points to that class, the strongest first."""
    return clues_for(gold_class, _measured(source))


def _measured(source: ShownSource) -> dict[str, float | None]:
    """The features, and what the plots of the longest observation tell beside them."""
    plots = [plot for one in observations(source)[:1] for plot in (one.spectrum, one.lightcurve)]
    told = {name: value for plot in plots for name, value in plot.facts.items()}
    return told | {name: value for name, value in source.features.items() if value is not None}


def _shown(clue: Clue) -> ShownClue:
    return ShownClue(WORDS[clue.key], SEEN_ON[clue.seen_on])
