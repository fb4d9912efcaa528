"""Why a criterion is missing, in words."""

from __future__ import annotations

import math
from typing import Final

from pipeline.bands import HARDNESS_BANDS
from pipeline.fit.bands import index_from_bands
from pipeline.measure.features import Features
from pipeline.measure.poisson.hardness import LEAST_INFORMATIVE
from pipeline.measure.rates import BandCounts
from pipeline.readers.tables import Counterpart

_FLUX_RATIOS: Final = {"log_fx_fb": "bmag", "log_fx_fr": "rmag", "log_fx_fw1": "w1mag", "log_fx_fw2": "w2mag"}
_CONTRASTS: Final = ("log_fmax_fmin", "log_fmaxlo_fminup")
_OUTSIDE: Final = {
    "separation_galaxy_radius": "no galaxy is known near the position",
    "log_lx": (
        "no counterpart of significant parallax, no galaxy of known distance that it lies on, "
        "or its flux is not above the error"
    ),
}


def reasons_of_absence(
    features: Features, counts: list[BandCounts], counterpart: Counterpart | None
) -> dict[str, str]:
    """A reason for each of the classifier's criteria that a source lacks.

    Parameters
    ----------
    features : dict of str to float
        Features of the source; NaN = missing.
    counts : list of BandCounts
        Its counts in all observations.
    counterpart : Counterpart or None
        What was found at its position.

    Returns
    -------
    dict of str to str
        Criterion -> reason; empty when nothing is missing.
    """
    missing = {name for name, value in features.items() if not math.isfinite(value)}
    found = {
        name: f"too few counts in bands {soft} and {hard} (error of {LEAST_INFORMATIVE} or more)"
        for name, (soft, hard) in HARDNESS_BANDS.items()
        if name in missing
    }
    if "photon_index" in missing:
        found["photon_index"] = index_from_bands(counts).reason
    found |= {
        name: _no_ratio(features, counterpart, key) for name, key in _FLUX_RATIOS.items() if name in missing
    }
    if "proper_motion_masyr" in missing:
        lacks = "no counterpart" if counterpart is None else "the counterpart has no measured proper motion"
        found["proper_motion_masyr"] = lacks
    found |= {name: _no_contrast(name) for name in _CONTRASTS if name in missing}
    return found | {name: reason for name, reason in _OUTSIDE.items() if name in missing}


def _no_ratio(features: Features, counterpart: Counterpart | None, magnitude: str) -> str:
    if counterpart is None:
        return "no counterpart"
    if not math.isfinite(getattr(counterpart, magnitude)):
        return f"the counterpart has no {magnitude}"
    return "the X-ray flux is not above its error"


def _no_contrast(name: str) -> str:
    end = "smallest" if name == "log_fmax_fmin" else "largest"
    return f"fewer than two observations, or the {end} flux is not above its error"
