"""How much the flux changed from one observation to another."""

from __future__ import annotations

import math


def flux_contrast(fluxes: list[tuple[float, float]]) -> dict[str, float]:
    """Largest over smallest flux of several observations, and a conservative form.

    Parameters
    ----------
    fluxes : list of tuple of float
        Flux and error of each observation, erg cm-2 s-1; those that are not finite are left out.

    Returns
    -------
    dict of str to float
        log_fmax_fmin: log10 of Fmax/Fmin; NaN for fewer than two fluxes, or where the smallest does not
        exceed its error, so that its logarithm says nothing. log_fmaxlo_fminup: the same after both moved by
        one error towards each other; a smallest flux below zero counts as zero, with its error above it.
    """
    known = [pair for pair in fluxes if all(map(math.isfinite, pair))]
    if len(known) < 2:
        return {"log_fmax_fmin": math.nan, "log_fmaxlo_fminup": math.nan}
    top, bottom = max(known), min(known)
    lower, upper = top[0] - top[1], max(bottom[0], 0.0) + bottom[1]
    return {
        "log_fmax_fmin": math.log10(top[0] / bottom[0]) if bottom[0] > bottom[1] else math.nan,
        "log_fmaxlo_fminup": math.log10(lower / upper) if lower > 0 else math.nan,
    }
