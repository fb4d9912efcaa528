"""Band counts, count rates and fluxes of a source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import NARROW_BANDS, band_of, energy_conversion
from pipeline.measure.apertures import Patch


@dataclass(frozen=True, eq=False)
class BandRates:
    """Rates of one camera, or summed over cameras, in the bands 1..5.

    Attributes
    ----------
    net_counts, net_error : ndarray of shape (5,)
        Background-subtracted counts in the circle; may be negative.
    rate, error : ndarray of shape (5,)
        Count rates in s-1, corrected for vignetting and for the events outside the circle.
    """

    net_counts: NDArray[np.float64]
    net_error: NDArray[np.float64]
    rate: NDArray[np.float64]
    error: NDArray[np.float64]


def count_bands(energy_ev: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of events in each of the bands 1..5 (lower edge in, upper edge out)."""
    index = band_of(energy_ev / 1000.0)
    return np.bincount(index[index >= 0], minlength=len(NARROW_BANDS))


def net_with_error(
    source: NDArray[np.float64], background: NDArray[np.float64], ratio: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Background-subtracted counts and their error.

    Parameters
    ----------
    source, background : ndarray
        Counts in the circle and in the ring.
    ratio : ndarray
        Exposure-weighted area of the circle over that of the ring.

    Returns
    -------
    tuple of ndarray
        source - ratio * background, and its error. The variance of n counts is taken as n + 1, that of the
        Poisson mean's posterior with a flat prior, so that it is finite and sensible for no counts at all;
        n is never less than the background expects, or a chance lack of counts would look certain.
    """
    expected = ratio * background
    return source - expected, np.sqrt(np.maximum(source, expected) + 1.0 + ratio**2 * (background + 1.0))


def camera_rates(patch: Patch) -> BandRates:
    """Rates of one camera.

    Parameters
    ----------
    patch : Patch
        Events of the source and its background.

    Returns
    -------
    BandRates
    """
    source = count_bands(patch.source_ev).astype(np.float64)
    background = count_bands(patch.background_ev).astype(np.float64)
    net, error = net_with_error(source, background, patch.ratio)
    return BandRates(net, error, net / patch.effective_s, error / patch.effective_s)


def sum_rates(cameras: list[BandRates]) -> BandRates:
    """Sum over cameras, as the EP columns of the 4XMM catalogue (at least one camera)."""
    names = ("net_counts", "net_error", "rate", "error")
    parts = {name: np.array([getattr(one, name) for one in cameras]) for name in names}
    return BandRates(
        parts["net_counts"].sum(axis=0),
        np.sqrt((parts["net_error"] ** 2).sum(axis=0)),
        parts["rate"].sum(axis=0),
        np.sqrt((parts["error"] ** 2).sum(axis=0)),
    )


def total_flux(rates: BandRates, camera: str, filter_name: str) -> tuple[float, float]:
    """Flux of band 8 (0.2-12 keV) of one camera: the sum of the fluxes of its bands 1..5.

    Parameters
    ----------
    rates : BandRates
        Rates of one camera.
    camera, filter_name : str
        Which conversion factors to use.

    Returns
    -------
    tuple of float
        Flux and error in erg cm-2 s-1; NaN for a filter without factors. A rate below zero, which only noise
        makes, counts as zero, as in the catalogues' maximum-likelihood fits.
    """
    factor = energy_conversion(camera, filter_name)
    return float(np.sum(np.maximum(rates.rate, 0.0) / factor)), float(
        np.sqrt(np.sum((rates.error / factor) ** 2))
    )


def weighted_mean(values: list[tuple[float, float]]) -> tuple[float, float]:
    """Inverse-variance weighted mean of (value, error) pairs, leaving out those that are not finite.

    Parameters
    ----------
    values : list of tuple of float
        Measurements.

    Returns
    -------
    tuple of float
        Mean and 1/sqrt(sum of weights); NaN when nothing is left.
    """
    pairs = np.array([pair for pair in values if np.all(np.isfinite(pair)) and pair[1] > 0]).reshape(-1, 2)
    if len(pairs) == 0:
        return float("nan"), float("nan")
    weight = pairs[:, 1] ** -2.0
    return float(np.sum(weight * pairs[:, 0]) / weight.sum()), float(weight.sum() ** -0.5)
