"""What is laid over a light curve: Bayesian blocks, flares, and the time lost to background flares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import BANDS_KEV
from pipeline.measure.apertures import Patch
from pipeline.measure.goodtime import GoodTime
from pipeline.measure.lightcurve import LightCurve, LightCurves
from pipeline.measure.variability.blocks import Blocks, Flare, blocks_of_events, flares

SHORTEST_CUT_S: Final = 10.0


@dataclass(frozen=True, eq=False)
class Overlay:
    """Pieces of constant rate of the camera with most events, on the scale of its light curve.

    Attributes
    ----------
    camera : str
        Camera.
    start_s, stop_s : ndarray of shape (n,)
        Begin and end of each block, s since the begin of the light curve.
    rate, rate_error : ndarray of shape (n,)
        Rate of the whole source without background, s-1. The background is taken as constant.
    flares : tuple of Flare
        In the time of the blocks.
    cut_s : ndarray of shape (m, 2)
        Intervals that were cut because of background flares.
    counts : int
        Events in the circle, all cameras, background included.
    """

    camera: str
    start_s: NDArray[np.float64]
    stop_s: NDArray[np.float64]
    rate: NDArray[np.float64]
    rate_error: NDArray[np.float64]
    flares: tuple[Flare, ...]
    cut_s: NDArray[np.float64]
    counts: int


def make_overlay(patches: list[Patch], curves: LightCurves, cut: GoodTime) -> Overlay:
    """Find the blocks of one source in one observation.

    Parameters
    ----------
    patches : list of Patch
        One for each camera, at least one.
    curves : LightCurves
        Made of them.
    cut : GoodTime
        Time that was cut because of background flares.

    Returns
    -------
    Overlay
    """
    times = [_band_times(patch.source_time_s, patch.source_ev) for patch in patches]
    most = int(np.argmax([len(one) for one in times]))
    patch = patches[most]
    blocks = blocks_of_events(times[most], patch.good)
    rate, error = _net_rates(patch, blocks)
    long_cut = cut.stop - cut.start >= SHORTEST_CUT_S
    return Overlay(
        camera=patch.camera,
        start_s=blocks.start_s - curves.start_s,
        stop_s=blocks.stop_s - curves.start_s,
        rate=rate,
        rate_error=error,
        flares=tuple(flares(blocks)),
        cut_s=np.column_stack([cut.start, cut.stop])[long_cut] - curves.start_s,
        counts=sum(len(one) for one in times),
    )


def _band_times(time_s: NDArray[np.float64], energy_ev: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = BANDS_KEV[8]
    return time_s[(energy_ev >= 1000 * low) & (energy_ev < 1000 * high)]


def _net_rates(patch: Patch, blocks: Blocks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """As the light curve has them: without background, corrected for vignetting and the circle's losses."""
    seconds = max(patch.good.seconds, 1e-9)
    efficiency = float(np.mean(patch.effective_s)) / seconds
    ring = _band_times(patch.background_time_s, patch.background_ev)
    background = float(np.mean(patch.ratio)) * len(ring) / seconds
    return (blocks.rate - background) / efficiency, blocks.error / efficiency


def overlay_document(overlay: Overlay, start_s: float) -> dict[str, Any]:
    """The overlay as JSON values; times in s since the begin of the light curve.

    Parameters
    ----------
    overlay : Overlay
        From `make_overlay`.
    start_s : float
        Begin of the light curve, mission time.

    Returns
    -------
    dict
        `blocks`, `flares` and `background_flares_s`.
    """
    return {
        "blocks": {
            "camera": overlay.camera,
            "start_s": np.round(overlay.start_s, 2),
            "stop_s": np.round(overlay.stop_s, 2),
            "rate": overlay.rate,
            "rate_err": overlay.rate_error,
        },
        "flares": [
            {
                "start_s": round(flare.start_s - start_s, 2),
                "stop_s": round(flare.stop_s - start_s, 2),
                "peak_s": round(flare.peak_s - start_s, 2),
                "whole": flare.whole,
            }
            for flare in overlay.flares
        ],
        "background_flares_s": [[round(float(v), 2) for v in row] for row in overlay.cut_s],
    }


def overlay_facts(overlay: Overlay, curves: LightCurves) -> dict[str, float]:
    """What a summary in words needs beside the mean rate.

    Parameters
    ----------
    overlay : Overlay
        Blocks and flares.
    curves : LightCurves
        The binned curves.

    Returns
    -------
    dict of str to float
        `counts` (all cameras, background included), `duration_s`, `exposed_share`, `n_blocks`, `n_flares`,
        `flare_over_mean` (highest block over the mean, where there are flares), `trend` (change of a straight
        line over the observation, over the mean) and `trend_sigma`. NaN where it cannot be told.
    """
    best = max(curves.cameras, key=lambda one: one.bins)
    span = float(curves.good.stop[-1] - curves.good.start[0])
    trend, sigma = _trend(best, span)
    length = overlay.stop_s - overlay.start_s
    mean = float(np.average(overlay.rate, weights=length))
    peak = float(overlay.rate.max()) / mean if overlay.flares and mean > 0 else math.nan
    return {
        "counts": overlay.counts,
        "duration_s": span,
        "exposed_share": curves.good.seconds / span if span > 0 else math.nan,
        "n_blocks": len(overlay.rate),
        "n_flares": len(overlay.flares),
        "flare_over_mean": peak,
        "trend": trend,
        "trend_sigma": sigma,
    }


def _trend(curve: LightCurve, span_s: float) -> tuple[float, float]:
    """Straight line through the bins: its change over the span over the mean, and slope over error."""
    good = np.isfinite(curve.rate) & (curve.rate_error > 0)
    if good.sum() < 3:
        return math.nan, math.nan
    time, rate, weight = curve.time_s[good], curve.rate[good], curve.rate_error[good] ** -2.0
    mean_time, mean_rate = np.average(time, weights=weight), float(np.average(rate, weights=weight))
    spread = float(np.sum(weight * (time - mean_time) ** 2))
    if spread <= 0 or mean_rate <= 0:
        return math.nan, math.nan
    slope = float(np.sum(weight * (time - mean_time) * (rate - mean_rate))) / spread
    return slope * span_s / mean_rate, slope * math.sqrt(spread)
