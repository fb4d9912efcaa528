"""Band counts, count rates and fluxes of a source.

Rates and fluxes are weighted sums of counts whose weights hardly depend on the counts themselves, so that
they are unbiased even for faint sources; they may come out negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import NARROW_BANDS, band_of, energy_conversion
from pipeline.measure.apertures import Patch
from pipeline.measure.poisson.posterior import SourceCounts

STANDARD_FILTER: Final = "Medium"
MODEL_SIGMA: Final = 3.0
_ARRAYS: Final = ("source", "background", "ratio", "effective_s")


@dataclass(frozen=True, eq=False)
class BandCounts:
    """Counts of one source in one camera of one observation, in the bands 1..5.

    Attributes
    ----------
    camera, filter_name : str
        Which camera and filter.
    source, background : ndarray of shape (5,), float64
        Counts in the circle and in the ring.
    ratio : ndarray of shape (5,)
        Exposure-weighted area of the circle over that of the ring.
    effective_s : ndarray of shape (5,)
        Exposure that turns net counts into the rate of the whole source, s.
    """

    camera: str
    filter_name: str
    source: NDArray[np.float64]
    background: NDArray[np.float64]
    ratio: NDArray[np.float64]
    effective_s: NDArray[np.float64]

    @property
    def expected(self) -> NDArray[np.float64]:
        """Background counts expected in the circle, shape (5,)."""
        return self.ratio * self.background

    @property
    def net(self) -> NDArray[np.float64]:
        """Counts above the background, shape (5,); may be negative."""
        return self.source - self.expected


def count_bands(energy_ev: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of events in each of the bands 1..5 (lower edge in, upper edge out)."""
    index = band_of(energy_ev / 1000.0)
    return np.bincount(index[index >= 0], minlength=len(NARROW_BANDS))


def count_between(edges: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Values between each edge and the next; what `numpy.histogram` counts, without sorting the values."""
    number = np.searchsorted(edges, values, side="right")
    # The last edge belongs to the last bin.
    number[values == edges[-1]] -= 1
    return np.bincount(number, minlength=len(edges) + 1)[1:-1]


def count_patch(patch: Patch) -> BandCounts:
    """Count the events of a source in one camera.

    Parameters
    ----------
    patch : Patch
        Events of the source and its background.

    Returns
    -------
    BandCounts
    """
    return BandCounts(
        camera=patch.camera,
        filter_name=patch.filter_name,
        source=count_bands(patch.source_ev).astype(np.float64),
        background=count_bands(patch.background_ev).astype(np.float64),
        ratio=patch.ratio,
        effective_s=patch.effective_s,
    )


def counts_document(one: BandCounts) -> dict[str, Any]:
    """Counts as plain JSON values."""
    arrays = {name: getattr(one, name).tolist() for name in _ARRAYS}
    return {"camera": one.camera, "filter_name": one.filter_name, **arrays}


def counts_from_document(document: dict[str, Any]) -> BandCounts:
    """The counts that `counts_document` wrote."""
    arrays = {name: np.array(document[name], dtype=np.float64) for name in _ARRAYS}
    return BandCounts(camera=document["camera"], filter_name=document["filter_name"], **arrays)


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


def weighted_sum(cameras: list[BandCounts], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Weighted sum of net counts over cameras and bands, with its error.

    Parameters
    ----------
    cameras : list of BandCounts
        At least one.
    weights : ndarray of shape (cameras, 5)
        Zero leaves a band out.

    Returns
    -------
    tuple of float
        Sum, and the root of the summed Poisson variances of circle and ring. One count is added to the whole
        sum (not to each band), shared out as the counts are, so that no counts at all still have an error.
    """
    net = np.array([one.net for one in cameras])
    ratio = np.array([one.ratio for one in cameras])
    expected = np.array([one.expected for one in cameras])
    seen = np.maximum(np.array([one.source for one in cameras]), expected)
    used = weights != 0
    if not used.any():
        return float("nan"), float("nan")
    spread = weights**2 * (seen + ratio * expected)
    likely = np.where(used, seen + 1.0 / used.sum(), 0.0)
    ghost = np.sum(likely * weights**2 * (1.0 + ratio**2)) / likely.sum()
    return float(np.sum(weights * net)), float(np.sqrt(spread.sum() + float(ghost)))


def join_exposures(cameras: list[BandCounts]) -> list[BandCounts]:
    """Add up the counts and exposures of entries of the same camera and filter (several observations).

    Parameters
    ----------
    cameras : list of BandCounts
        At least one.

    Returns
    -------
    list of BandCounts
        One for each camera and filter; ratios are such that the expected background stays what it is.
    """
    keys = list(dict.fromkeys((one.camera, one.filter_name) for one in cameras))
    return [_join([one for one in cameras if (one.camera, one.filter_name) == key]) for key in keys]


def _join(same: list[BandCounts]) -> BandCounts:
    pooled = pool(same, np.ones((len(same), len(NARROW_BANDS))))
    effective = np.sum([one.effective_s for one in same], axis=0)
    return BandCounts(
        same[0].camera, same[0].filter_name, pooled.source, pooled.background, pooled.ratio, effective
    )


def pool(cameras: list[BandCounts], used: NDArray[np.float64]) -> SourceCounts:
    """Counts per band over all cameras, as if one camera had counted them.

    Parameters
    ----------
    cameras : list of BandCounts
        At least one.
    used : ndarray of shape (cameras, 5)
        One where a camera takes part, else zero.

    Returns
    -------
    SourceCounts
        Arrays of shape (5,). The background's counts and ratio are those that have the same mean and variance
        as the sum over cameras.
    """
    ratio = np.array([one.ratio for one in cameras])
    ring = np.array([one.background for one in cameras]) * used
    # Where nothing was counted, the ratios decide alone: half a count each, as in the posterior's prior.
    mean = np.sum(ratio * (ring + 0.5 * used), axis=0)
    variance = np.sum(ratio**2 * (ring + 0.5 * used), axis=0)
    scale = variance / np.maximum(mean, 1e-30)
    background = np.sum(ratio * ring, axis=0) / np.maximum(scale, 1e-30)
    source = np.sum(np.array([one.source for one in cameras]) * used, axis=0)
    return SourceCounts(source, background, scale)


def conversion(one: BandCounts) -> NDArray[np.float64]:
    """Rate per flux of the bands 1..5, count cm2 erg-1; an unknown filter is taken for Medium."""
    factor = energy_conversion(one.camera, one.filter_name)
    return factor if np.all(np.isfinite(factor)) else energy_conversion(one.camera, STANDARD_FILTER)


def pooled_exposure(cameras: list[BandCounts]) -> NDArray[np.float64]:
    """Exposure of `pool`ed counts: counts over it are the rate summed over the cameras.

    Parameters
    ----------
    cameras : list of BandCounts
        At least one.

    Returns
    -------
    ndarray of shape (5,)
        Seconds; each camera counts by its share in the summed sensitivity (energy conversion factors).
    """
    names = {one.camera for one in cameras}
    factor = {
        name: np.mean([conversion(one) for one in cameras if one.camera == name], axis=0) for name in names
    }
    total = np.sum(list(factor.values()), axis=0)
    return np.asarray(np.sum([one.effective_s * factor[one.camera] for one in cameras], axis=0) / total)


def rate_weights(cameras: list[BandCounts]) -> NDArray[np.float64]:
    """Weights that turn net counts into rates summed over cameras, as the EP columns of the 4XMM catalogue.

    Parameters
    ----------
    cameras : list of BandCounts
        At least one; several of the same camera are averaged by exposure.

    Returns
    -------
    ndarray of shape (cameras, 5)
        s-1 per count.
    """
    total = {
        name: np.sum([one.effective_s for one in cameras if one.camera == name], axis=0)
        for name in {one.camera for one in cameras}
    }
    return np.array([1.0 / total[one.camera] for one in cameras])


def epic_flux(cameras: list[BandCounts], model: NDArray[np.float64] | None = None) -> tuple[float, float]:
    """Flux of band 8 (0.2-12 keV): each camera's sum of the fluxes of bands 1..5, averaged over cameras.

    Parameters
    ----------
    cameras : list of BandCounts
        Any number, of one or several observations; those with unknown filters are left out.
    model : ndarray of shape (cameras, 5) or None
        Source counts that a fitted spectrum expects. They smooth the variances, not the flux: a hard band of
        few counts has a large weight, and its own counts are a poor estimate of how much they scatter.

    Returns
    -------
    tuple of float
        Flux and error in erg cm-2 s-1; NaN when no filter has conversion factors. The mean is weighted by
        inverse variance as in the 4XMM catalogue, but with the variance that the mean spectrum of all cameras
        leads one to expect: with the observed one, chance lows would weigh more than chance highs, and the
        mean would be biased low at few counts.
    """
    known = [n for n, one in enumerate(cameras) if _is_known(one)]
    if not known:
        return float("nan"), float("nan")
    used = [cameras[n] for n in known]
    depth = np.array([one.effective_s * conversion(one) for one in used])
    net, ratio, expected = (
        np.array([getattr(one, name) for one in used]) for name in ("net", "ratio", "expected")
    )
    mean = np.maximum(net.sum(axis=0) / depth.sum(axis=0), 0.0) * depth
    likely = mean + 1.0 / len(NARROW_BANDS) if model is None else _guarded(model[known], mean, expected)
    spread = likely + expected * (1.0 + ratio)
    weight = 1.0 / np.sum(spread / depth**2, axis=1)
    weights = (weight / weight.sum())[:, None] / depth
    if model is None:
        return weighted_sum(used, weights)
    return float(np.sum(weights * net)), float(np.sqrt(np.sum(weights**2 * spread)))


def _is_known(one: BandCounts) -> bool:
    return bool(np.all(np.isfinite(energy_conversion(one.camera, one.filter_name))))


def _guarded(
    model: NDArray[np.float64], mean: NDArray[np.float64], expected: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The model's counts, but those of the mean flux in bands where the model falls short by far."""
    short = mean.sum(axis=0) - model.sum(axis=0)
    far = short > MODEL_SIGMA * np.sqrt((model + expected).sum(axis=0) + 1.0)
    return np.where(far, mean, model)
