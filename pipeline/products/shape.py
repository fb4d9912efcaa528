"""The shape of a spectrum in a few numbers, for a summary in words."""

from __future__ import annotations

import math

import numpy as np

from pipeline.measure.spectrum import Spectrum

SIGNIFICANT = 1.0


def shape_facts(spectra: list[Spectrum]) -> dict[str, float]:
    """How surely the source is seen, and how its spectrum runs.

    Parameters
    ----------
    spectra : list of Spectrum
        One for each camera, at least one.

    Returns
    -------
    dict of str to float
        `net_counts_err` and `signal_sigma` (net counts over their error, all cameras); `slope` and
        `slope_err`: exponent of the straight line in log rate over log energy through the significant bins
        of the camera with most counts, as seen, that is with the mirror's area in it; NaN for fewer than
        three such bins.
    """
    net = sum(float(np.sum(one.rate * _seconds_kev(one))) for one in spectra)
    error = math.sqrt(sum(float(np.sum((one.rate_error * _seconds_kev(one)) ** 2)) for one in spectra))
    slope, slope_error = _slope(max(spectra, key=lambda one: int(one.counts.sum())))
    return {
        "net_counts_err": error,
        "signal_sigma": net / error if error > 0 else math.nan,
        "slope": slope,
        "slope_err": slope_error,
    }


def _seconds_kev(one: Spectrum) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(one.exposure_s * (one.high_kev - one.low_kev))


def _slope(one: Spectrum) -> tuple[float, float]:
    good = one.rate > SIGNIFICANT * one.rate_error
    if good.sum() < 3:
        return math.nan, math.nan
    x = np.log(np.sqrt(one.low_kev[good] * one.high_kev[good]))
    y = np.log(one.rate[good])
    weight = (one.rate[good] / one.rate_error[good]) ** 2
    middle = np.average(x, weights=weight)
    spread = float(np.sum(weight * (x - middle) ** 2))
    return float(np.sum(weight * (x - middle) * y)) / spread, spread**-0.5
