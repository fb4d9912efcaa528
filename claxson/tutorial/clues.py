"""What points to the class of one source: from measurements to clues, the most decisive first; no database.

The bounds are those of the field guide. A clue is given only where its feature was measured and lies within.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

INF = math.inf
Measured = Mapping[str, float | None]


@dataclass(frozen=True)
class Rule:
    """From `low` to `high` the feature points to the class: fully from `depth` beyond the nearer bound."""

    key: str
    feature: str
    seen_on: str
    weight: float
    low: float
    high: float
    depth: float
    size_only: bool = False


@dataclass(frozen=True)
class Clue:
    """`key` names its words, `feature` the measurement behind it, `seen_on` where it is seen."""

    key: str
    feature: str
    seen_on: str
    strength: float


NUMBERS, SPECTRUM, LIGHTCURVE, PICTURE = "numbers", "spectrum", "lightcurve", "picture"
HARDNESS = "hr3"  # 1 to 2 against 2 to 4.5 keV
VARIED = Rule("varied", "chi2_prob", LIGHTCURVE, 2.5, -INF, 1e-3, 1e-3)

RULES: dict[str, tuple[Rule, ...]] = {
    "agn": (
        Rule("loxo_as_light", "log_fx_fr", NUMBERS, 3, -1, 1, 0.5),
        Rule("far_from_plane", "gal_lat_deg", NUMBERS, 3, 20, INF, 20, size_only=True),
        Rule("slopes_gently", "photon_index", SPECTRUM, 2, 1.4, 2.4, 0.3),
        Rule("steady", "chi2_prob", LIGHTCURVE, 1, 0.05, INF, 0.3),
    ),
    "star": (
        Rule("loxo_low", "log_fx_fr", NUMBERS, 4, -INF, -1, 1),
        Rule("loxi_low", "log_fx_fw1", NUMBERS, 3, -INF, -1, 1),
        Rule("moves", "proper_motion_masyr", PICTURE, 3, 20, INF, 50),
        Rule("soft", HARDNESS, SPECTRUM, 3, -1, -0.5, 0.3),
        Rule("peaks_near_1_kev", "peak_energy_kev", SPECTRUM, 1.5, 0.5, 1.3, 0.3),
        VARIED,
    ),
    "xrb": (
        Rule("loxo_high", "log_fx_fr", NUMBERS, 4, 1, INF, 1),
        Rule("on_galaxy", "separation_galaxy_radius", PICTURE, 3, -INF, 1, 0.5),
        Rule("near_plane", "gal_lat_deg", NUMBERS, 2.5, -INF, 10, 8, size_only=True),
        VARIED,
        Rule("changes_over_years", "log_fmax_fmin", LIGHTCURVE, 2, 1, INF, 0.5),
        Rule("hard", HARDNESS, SPECTRUM, 2, 0, INF, 0.3),
    ),
    "cv": (
        VARIED,
        Rule("flat", "photon_index", SPECTRUM, 3, -INF, 1.4, 0.5),
        Rule("hard", HARDNESS, SPECTRUM, 2, 0, INF, 0.3),
        Rule("loxo_as_light", "log_fx_fr", NUMBERS, 1.5, -1, 1, 0.5),
        Rule("near_plane", "gal_lat_deg", NUMBERS, 1, -INF, 10, 8, size_only=True),
    ),
}


def clues_for(source_class: str, measured: Measured) -> list[Clue]:
    """What of these measurements points to this class; empty where nothing does, or without rules."""
    found = [_clue(rule, measured.get(rule.feature)) for rule in RULES.get(source_class, ())]
    return sorted((clue for clue in found if clue), key=lambda clue: -clue.strength)


def distinctness(source_class: str, measured: Measured) -> float:
    """How much more clearly these measurements point to this class than to any other; negative where less."""
    points = {key: sum(clue.strength for clue in clues_for(key, measured)) for key in RULES}
    return points.pop(source_class, 0.0) - max(points.values())


def _clue(rule: Rule, value: float | None) -> Clue | None:
    if value is None or not math.isfinite(value):
        return None
    inside = _inside(rule, abs(value) if rule.size_only else value)
    if inside < 0:
        return None
    return Clue(rule.key, rule.feature, rule.seen_on, rule.weight * min(1.0, inside / rule.depth))


def _inside(rule: Rule, value: float) -> float:
    """How far within the bounds; negative outside."""
    return min(value - rule.low, rule.high - value)
