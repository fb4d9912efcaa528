"""The field guide's words: what each class is and how to tell it; no database."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.core.classes import Answer


@dataclass(frozen=True)
class Entry:
    """A class: what it is, then one line for each thing to look at."""

    key: str
    name: str | Promise
    what: Promise
    picture: Promise
    spectrum: Promise
    lightcurve: Promise
    latitude: Promise
    ratios: Promise


@dataclass(frozen=True)
class Term:
    """A word that pages use; `key` is its anchor."""

    key: str
    word: str | Promise
    meaning: Promise


ENTRIES = (
    Entry(
        "agn",
        Answer.AGN.label,
        _(
            "An active galactic nucleus: a black hole of millions of suns at the centre of a distant galaxy, "
            "swallowing gas. Most X-ray sources far from the Milky Way are AGN."
        ),
        _("A point in X-rays. In visible light a faint point or a small fuzzy galaxy, often nothing at all."),
        _(
            "A line sloping gently downwards, reaching far to the right. "
            "Where dust hides the centre, the left part is missing."
        ),
        _("Mostly steady within a few hours; it changes over days to years."),
        _("Everywhere, but they dominate far from the Milky Way (b beyond about 20° on either side)."),
        _("loXO mostly between \N{MINUS SIGN}1 and 1: about as bright in X-rays as in visible light."),
    ),
    Entry(
        "star",
        Answer.STAR.label,
        _(
            "A star like the Sun or smaller, whose hot outer layer, the corona, shines in X-rays. "
            "Young and fast-spinning stars are the brightest."
        ),
        _(
            "Often a bright star exactly at the centre of the visible and infrared pictures; "
            "red in the X-ray one."
        ),
        _("A hump near 1 keV that drops quickly: hardly any X-rays above 2 or 3 keV."),
        _("Steady, or with flares: up within minutes, down within an hour or two."),
        _("Everywhere: the stars we see in X-rays are near us."),
        _("loXO and loXI are low, mostly below \N{MINUS SIGN}1: a star gives far more light than X-rays."),
    ),
    Entry(
        "xrb",
        Answer.XRB.label,
        _(
            "A neutron star or a black hole that pulls gas from a companion star. "
            "The falling gas grows so hot that it outshines the companion in X-rays."
        ),
        _(
            "Bright in X-rays, often blue for hard X-rays; faint in visible light, "
            "or lying on a nearby galaxy."
        ),
        _("Many X-rays above 2 keV; the left part is often missing because gas of the Milky Way absorbs it."),
        _("Restless: it flickers, dips, is eclipsed, or bursts for a few seconds; over years it may vanish."),
        _("Near the plane of the Milky Way (b near 0°), or on another galaxy."),
        _("loXO is often above 1: far brighter in X-rays than in visible light."),
    ),
    Entry(
        "cv",
        Answer.CV.label,
        _(
            "A white dwarf, the burnt-out core of a star like the Sun, that pulls gas from a small "
            "companion. They are rare, and computers often miss them: here your eyes help most."
        ),
        _("A point in X-rays; in visible light a faint, rather blue star."),
        _("A flat, hard spectrum, sometimes with a spike near 6.7 keV from very hot iron."),
        _("Often goes up and down regularly within minutes or hours, as the two stars circle each other."),
        _("Everywhere, more often towards the Milky Way: those we see are within our galaxy."),
        _("loXO near \N{MINUS SIGN}1 to 1, as for AGN: the light curve and the blue star decide."),
    ),
    Entry(
        "other",
        Answer.OTHER.label,
        _(
            "Whatever fits none of the others: a cluster of galaxies, the remains of an exploded star, "
            "or no source at all but a flaw of the image."
        ),
        _("Larger than the points around it, a ring or a cloud, or stripes at the edge of the camera."),
        _("May have strong narrow lines, as hot thin gas does."),
        _("Clouds of gas are perfectly steady."),
        _("Anywhere."),
        _("Say what you saw in the comment: unusual sources are what astronomers most want to hear of."),
    ),
)

GLOSSARY = (
    Term("x-rays", _("X-rays"), _("Light of very high energy, made where gas is at millions of degrees.")),
    Term("kev", _("keV"), _("Kiloelectronvolt, the energy of one X-ray; visible light has about 0.002 keV.")),
    Term(
        "soft-hard",
        _("soft, hard"),
        _("Soft X-rays have low energies (below about 2 keV), hard ones high energies."),
    ),
    Term("spectrum", _("spectrum"), _("How many X-rays arrive at each energy.")),
    Term("light-curve", _("light curve"), _("How the brightness changed during the observation.")),
    Term(
        "background",
        _("background"),
        _("X-rays and particles that would be recorded without the source, too."),
    ),
    Term("cameras", _("PN, M1, M2"), _("The three X-ray cameras of XMM-Newton; PN is the most sensitive.")),
    Term("counterpart", _("counterpart"), _("What is seen at the same place in another kind of light.")),
    Term(
        "galactic-latitude", _("galactic latitude b"), _("Angle above or below the plane of the Milky Way.")
    ),
    Term(
        "loxo",
        _("loXO"),
        _(
            "Logarithm of the X-ray to optical flux ratio: 0 is equal, 1 ten times more X-rays, "
            "\N{MINUS SIGN}1 ten times fewer."
        ),
    ),
    Term("loxi", _("loXI"), _("The same compared with infrared light.")),
    Term(
        "hardness-ratio",
        _("hardness ratio"),
        _("Compares two energy bands: \N{MINUS SIGN}1 is only the softer one, 1 only the harder one."),
    ),
    Term(
        "error-bar",
        _("error bar"),
        _("The length of a cross's arms: the true value probably lies within it."),
    ),
    Term(
        "bayesian-blocks",
        _("Bayesian blocks"),
        _("Stretches of time in which the brightness did not change, as far as the data can tell."),
    ),
    Term(
        "arcsecond",
        _("arcminute (\N{PRIME}), arcsecond (\N{DOUBLE PRIME})"),
        _("A sixtieth of a degree, and a sixtieth of that; the Moon is 30\N{PRIME} wide."),
    ),
)
