"""Background-subtracted light curves with good-time handling, and a test for variability."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pipeline.bands import BANDS_KEV
from pipeline.measure.apertures import Patch
from pipeline.measure.goodtime import GoodTime, elapsed_good, union
from pipeline.measure.rates import count_between, net_with_error
from pipeline.measure.variability.excess import ExcessVariance, excess_variance, expected_error

BIN_LADDER_S: Final = (100.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)
LEAST_FRACTION: Final = 0.5


@dataclass(frozen=True, eq=False)
class LightCurve:
    """A light curve of one camera, 0.2-12 keV.

    Attributes
    ----------
    camera : str
        Camera.
    time_s : ndarray of shape (n,)
        Bin centres, s since the start of the observation's good time.
    rate, rate_error : ndarray of shape (n,)
        Rate of the whole source, s-1; NaN in bins that were exposed for less than half.
    fraction_exposed : ndarray of shape (n,)
        Good time of each bin over its width.
    chi2, bins : float, int
        Pearson's statistic of a constant source, and over how many bins.
    excess : ExcessVariance
        Variance beyond counting noise.
    """

    camera: str
    time_s: NDArray[np.float64]
    rate: NDArray[np.float64]
    rate_error: NDArray[np.float64]
    fraction_exposed: NDArray[np.float64]
    chi2: float
    bins: int
    excess: ExcessVariance


@dataclass(frozen=True, eq=False)
class LightCurves:
    """The light curves of all cameras of one observation, on one time grid.

    Attributes
    ----------
    start_s : float
        Begin of the first bin, s of mission time.
    bin_s : float
        Width of a bin.
    cameras : tuple of LightCurve
        One for each camera.
    good : GoodTime
        Good time of any camera, mission time.
    """

    start_s: float
    bin_s: float
    cameras: tuple[LightCurve, ...]
    good: GoodTime


def choose_bin(counts: float, good_s: float, wanted: float) -> float:
    """The shortest bin of the ladder 100 ... 2000 s with enough counts on average.

    Parameters
    ----------
    counts : float
        Counts in the circle, 0.2-12 keV.
    good_s : float
        Good time in s.
    wanted : float
        Mean counts per bin to reach.

    Returns
    -------
    float
        Bin width in s; the longest when none suffices.
    """
    enough = [width for width in BIN_LADDER_S if good_s > 0 and counts * width / good_s >= wanted]
    return enough[0] if enough else BIN_LADDER_S[-1]


def make_light_curves(patches: list[Patch], wanted: float) -> LightCurves:
    """Light curves of one source in one observation.

    Parameters
    ----------
    patches : list of Patch
        One for each camera, at least one.
    wanted : float
        Mean counts per bin and camera to aim for.

    Returns
    -------
    LightCurves
    """
    counts = float(np.mean([len(_in_band(p.source_time_s, p.source_ev)) for p in patches]))
    width = choose_bin(counts, max(p.good.seconds for p in patches), wanted)
    good = union([p.good for p in patches])
    start = float(good.start[0])
    number = max(1, math.ceil((float(good.stop[-1]) - start) / width))
    edges = start + width * np.arange(number + 1, dtype=np.float64)
    return LightCurves(start, width, tuple(_one_camera(p, edges) for p in patches), good)


def _in_band(time: NDArray[np.float64], energy_ev: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = BANDS_KEV[8]
    return time[(energy_ev >= 1000 * low) & (energy_ev < 1000 * high)]


def _one_camera(patch: Patch, edges: NDArray[np.float64]) -> LightCurve:
    width = float(edges[1] - edges[0])
    source = count_between(edges, _in_band(patch.source_time_s, patch.source_ev)).astype(np.float64)
    ring = count_between(edges, _in_band(patch.background_time_s, patch.background_ev)).astype(np.float64)
    good = np.diff(elapsed_good(patch.good, edges))
    ratio = np.full(len(source), float(np.mean(patch.ratio)))
    net, error = net_with_error(source, ring, ratio)
    # Effective seconds per second of good time: vignetting, dead time, and events outside the circle.
    efficiency = float(np.mean(patch.effective_s)) / max(patch.good.seconds, 1e-9)
    used = good / width >= LEAST_FRACTION
    seconds = np.where(used, good * efficiency, np.nan)
    noise = np.sqrt(source + ratio**2 * ring)
    chi2 = constant_chi2(source[used], ratio[used] * ring[used], ratio[used], good[used])
    return LightCurve(
        camera=patch.camera,
        time_s=(edges[:-1] + edges[1:]) / 2 - edges[0],
        rate=net / seconds,
        rate_error=error / seconds,
        fraction_exposed=good / width,
        chi2=chi2,
        bins=int(used.sum()),
        excess=excess_variance(net / seconds, expected_error(net / seconds, noise / seconds, good)),
    )


def constant_chi2(
    source: NDArray[np.float64],
    scaled_background: NDArray[np.float64],
    ratio: NDArray[np.float64],
    good_s: NDArray[np.float64],
) -> float:
    """Pearson's chi-square of the hypothesis that the source is constant.

    Parameters
    ----------
    source : ndarray of shape (n,)
        Counts in the circle per bin.
    scaled_background : ndarray of shape (n,)
        Background counts per bin, scaled to the circle.
    ratio : ndarray of shape (n,)
        The scaling factor.
    good_s : ndarray of shape (n,)
        Good seconds per bin.

    Returns
    -------
    float
        Sum of squared residuals over the variance that the hypothesis expects (not the observed one, which
        is biased at few counts); 0 for fewer than two bins.
    """
    if len(source) < 2 or good_s.sum() <= 0:
        return 0.0
    share = good_s / good_s.sum()
    constant = float(np.sum(source - scaled_background)) * share
    smooth_background = float(scaled_background.sum()) * share
    # An over-subtracted source is still constant: only its variance must not fall below the background's.
    variance = np.maximum(constant, 0.0) + smooth_background + ratio * smooth_background
    residual = source - scaled_background - constant
    return float(np.sum(residual**2 / np.maximum(variance, 1e-9)))


def chance_of_constant(curves: LightCurves) -> float:
    """Probability that a constant source gives light curves as uneven as these, all cameras taken together.

    Parameters
    ----------
    curves : LightCurves
        Light curves of one observation.

    Returns
    -------
    float
        Chance between 0 and 1; NaN when no camera has two usable bins.
    """
    tested = [c for c in curves.cameras if c.bins >= 2]
    freedom = sum(c.bins - 1 for c in tested)
    return float(special.chdtrc(freedom, sum(c.chi2 for c in tested))) if freedom else math.nan


def lightcurve_facts(curves: LightCurves) -> dict[str, float]:
    """What a reader wants to know at a glance.

    Parameters
    ----------
    curves : LightCurves
        Light curves of one observation.

    Returns
    -------
    dict of str to float
        `mean_rate` (s-1, all cameras together), `chi2_prob`; and of the camera with most usable bins
        `max_over_min` (highest over lowest bin, after both moved by their errors towards each other; at least
        1), `excess_variance` and `fractional_variability` with errors. NaN where it cannot be told.
    """
    usable = [c for c in curves.cameras if np.any(np.isfinite(c.rate))]
    longest = max(usable, key=lambda c: c.bins) if usable else None
    means = [float(np.average(c.rate[np.isfinite(c.rate)], weights=_weights(c))) for c in usable]
    return {
        "mean_rate": sum(means) if means else math.nan,
        "chi2_prob": chance_of_constant(curves),
        "max_over_min": _contrast(longest) if longest else math.nan,
        "excess_variance": longest.excess.normalised if longest else math.nan,
        "excess_variance_err": longest.excess.normalised_error if longest else math.nan,
        "fractional_variability": longest.excess.fractional if longest else math.nan,
        "fractional_variability_err": longest.excess.fractional_error if longest else math.nan,
    }


def _weights(curve: LightCurve) -> NDArray[np.float64]:
    return curve.fraction_exposed[np.isfinite(curve.rate)]


def _contrast(curve: LightCurve) -> float:
    good = np.isfinite(curve.rate)
    rate, error = curve.rate[good], curve.rate_error[good]
    top, bottom = int(np.argmax(rate)), int(np.argmin(rate))
    floor = rate[bottom] + error[bottom]
    return float(max((rate[top] - error[top]) / floor, 1.0)) if floor > 0 else math.nan
