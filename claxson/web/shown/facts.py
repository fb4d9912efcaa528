"""The measurements of a source, each with what it means."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.web.shown.numbers import fixed, signed, written

Text = str | Promise


@dataclass(frozen=True)
class Fact:
    """`value` is None where it was not measured."""

    label: Text
    value: str | None
    meaning: Text
    name: str = ""


GAL_LAT = _("Near 0° we look along the Milky Way, full of stars and binaries; far from it, mostly at AGN.")
LOXO = _(
    "X-rays compared with visible (red) light, as a logarithm. Stars lie mostly below \N{MINUS SIGN}1, "
    "AGN between \N{MINUS SIGN}1 and 1, X-ray binaries often above."
)
LOXI = _(
    "X-rays compared with infrared light, as a logarithm. The higher, the more of its power the source "
    "gives off in X-rays; stars have the lowest values."
)
HARDNESS = _("From \N{MINUS SIGN}1 (only the softer X-rays) to 1 (only the harder ones).")
FLUX_RATIO = _("Logarithm of the ratio of two brightnesses.")
VARIABILITY = _("Logarithm; 0 means that the brightness stayed the same from one observation to the next.")

# What a volunteer needs for an answer.
CLUES: tuple[tuple[str, Text, Text], ...] = (
    ("gal_lat_deg", _("Galactic latitude b"), GAL_LAT),
    ("log_fx_fr", _("loXO"), LOXO),
    ("log_fx_fw1", _("loXI"), LOXI),
)

# The rest, behind a button and on the source page.
MEASUREMENTS: tuple[tuple[str, Text, Text], ...] = (
    (
        "flux_8_cgs",
        _("X-ray flux, 0.2\N{EN DASH}12 keV (erg cm⁻² s⁻¹)"),
        _("The power that reaches us per area."),
    ),
    ("hr1", _("Hardness ratio 1"), HARDNESS),
    ("hr2", _("Hardness ratio 2"), HARDNESS),
    ("hr3", _("Hardness ratio 3"), HARDNESS),
    ("hr4", _("Hardness ratio 4"), HARDNESS),
    ("photon_index", _("Photon index"), _("How steeply the spectrum falls: a larger number is softer.")),
    ("proper_motion_masyr", _("Proper motion (mas/yr)"), _("Only something near us moves across the sky.")),
    ("log_fx_fb", _("X-ray to blue light"), FLUX_RATIO),
    ("log_fx_fw2", _("X-ray to infrared (W2)"), FLUX_RATIO),
    ("log_fmax_fmin", _("Variability over years"), VARIABILITY),
    ("log_fmaxlo_fminup", _("Variability over years, at least"), VARIABILITY),
    (
        "separation_galaxy_radius",
        _("Distance from a galaxy's centre (radii)"),
        _("Below 1 the source lies on a galaxy."),
    ),
    ("log_lx", _("X-ray luminosity (log erg/s)"), _("The power given off, where the distance is known.")),
    ("chi2_prob", _("Chance that it is constant"), _("Near 0 the source varied during the observation.")),
)

Features = Mapping[str, float | None]


def clues(features: Features) -> list[Fact]:
    """b, loXO and loXI: always shown, also where they were not measured."""
    return [Fact(label, _clue(name, _number(features, name)), text, name) for name, label, text in CLUES]


def measurements(features: Features) -> list[Fact]:
    """Everything else that was measured."""
    return [
        Fact(label, written(value), text)
        for name, label, text in MEASUREMENTS
        if (value := _number(features, name)) is not None
    ]


def position(ra_deg: float, dec_deg: float) -> str:
    return f"{fixed(ra_deg, 5)}° {signed(dec_deg, 5)}°"


def _clue(name: str, value: float | None) -> str | None:
    if value is None:
        return None
    return f"{signed(value, 1)}°" if name == "gal_lat_deg" else signed(value, 2)


def _number(features: Features, name: str) -> float | None:
    value = features.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


LABELS = {name: label for name, label, _text in (*CLUES, *MEASUREMENTS)}


def label_of(name: str) -> Text:
    return LABELS.get(name, name)


def value_of(name: str, features: Features) -> str | None:
    """As it is written elsewhere on the page; None where it was not measured."""
    value = _number(features, name)
    if value is None:
        return None
    return _clue(name, value) if any(name == clue[0] for clue in CLUES) else written(value)
