"""The long-term curve of a source: its flux in every observation, with upper limits."""

from __future__ import annotations

import math
from typing import Any, Final

from pipeline.measure.poisson.fluxlimit import flux_upper_limit
from pipeline.measure.rates import BandCounts, epic_flux
from pipeline.products.curves import plain

DETECTED_SIGMA: Final = 3.0
LISTED_SIGMA: Final = 1.0


def measured_flux(cameras: list[BandCounts]) -> dict[str, float]:
    """Flux of 0.2-12 keV with its error and 95 % upper limit (erg cm-2 s-1), named as the features are."""
    flux, error = epic_flux(cameras)
    limit = flux_upper_limit(cameras)
    return {"flux_8_cgs": flux, "flux_8_cgs_err": error, "flux_8_upper_cgs": limit}


def epoch(observation: dict[str, Any], fluxes: dict[str, Any], listed: bool) -> dict[str, Any]:
    """One point of a long-term curve.

    Parameters
    ----------
    observation : dict
        With `obsid`, `mjd_start` and `mjd_stop`.
    fluxes : dict
        Numbers as from `measured_flux`, among others; missing is null or NaN.
    listed : bool
        Whether the observation's own list has the source; else it was looked at because another one has.

    Returns
    -------
    dict
        Times, flux, error, upper limit, and whether this is a detection: a listed source whose flux stands
        an error above zero, or any that stands three.
    """
    flux, error, limit = plain([fluxes[f"flux_8_{name}"] for name in ("cgs", "cgs_err", "upper_cgs")])
    least = LISTED_SIGMA if listed else DETECTED_SIGMA
    times = {name: observation[name] for name in ("obsid", "mjd_start", "mjd_stop")}
    return {
        **times,
        "flux_8_cgs": flux,
        "flux_8_cgs_err": error,
        "upper_limit_8_cgs": limit,
        "listed": listed,
        "detected": flux is not None and error is not None and flux > least * error,
    }


def epoch_facts(epochs: list[dict[str, Any]]) -> dict[str, Any]:
    """What a summary in words needs of a long-term curve.

    Parameters
    ----------
    epochs : list of dict
        From `epoch`, in order of time.

    Returns
    -------
    dict
        `n_epochs`, `n_detected`, `span_days`, and `max_over_min`: the largest detected flux over the
        smallest, or over the lowest upper limit where that is lower still; null for fewer than two epochs.
    """
    seen = [one["flux_8_cgs"] for one in epochs if one["detected"]]
    limits = [one["upper_limit_8_cgs"] for one in epochs if not one["detected"]]
    low = min([*seen, *(limit for limit in limits if limit)], default=math.nan)
    several = len(epochs) > 1 and seen and low > 0
    return {
        "n_epochs": len(epochs),
        "n_detected": len(seen),
        "span_days": plain(epochs[-1]["mjd_stop"] - epochs[0]["mjd_start"]) if epochs else None,
        "max_over_min": plain(max(seen) / low) if several else None,
    }
