"""Fitting an absorbed power law or bremsstrahlung to a spectrum, folded through RMF and ARF."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import brentq, minimize

from pipeline.errors import BadResponse, FitFailed
from pipeline.fit.models import ModelName, photons_in_bins
from pipeline.fit.wstat import best_norm, w_statistic
from pipeline.readers.responses import EffectiveArea, Redistribution
from pipeline.readers.spectra import PhaSpectrum

ERG_PER_KEV: Final = 1.602176634e-9
BOUNDS: Final[dict[ModelName, tuple[float, float]]] = {
    "powerlaw": (-2.0, 9.0),
    "bremsstrahlung": (0.05, 60.0),
}
STARTS: Final[dict[ModelName, tuple[float, ...]]] = {
    "powerlaw": (1.0, 2.0, 4.0),
    "bremsstrahlung": (0.3, 2.0, 10.0),
}
LARGEST_NH: Final = 50.0
START_NH: Final = (0.02, 0.2, 2.0)
LEAST_BINS: Final = 4


@dataclass(frozen=True, eq=False)
class FoldedSpectrum:
    """Counts and the response that a model is folded through.

    Attributes
    ----------
    source, background, ratio : ndarray of shape (n,)
        Counts of the groups in source and background region, and the background's scale.
    response : ndarray of shape (m, n)
        Counts per photon cm-2 s-1 of each energy bin: redistribution, area and exposure.
    low_kev, high_kev : ndarray of shape (m,)
        Energy bins.
    """

    source: NDArray[np.float64]
    background: NDArray[np.float64]
    ratio: NDArray[np.float64]
    response: NDArray[np.float64]
    low_kev: NDArray[np.float64]
    high_kev: NDArray[np.float64]

    def shape_of(self, model: ModelName, parameter: float, nh_1e22: float) -> NDArray[np.float64]:
        """Counts that the model expects in each group for a norm of one."""
        photons = photons_in_bins(model, parameter, nh_1e22, (self.low_kev, self.high_kev))
        return np.asarray(photons @ self.response)


@dataclass(frozen=True)
class Interval:
    """A value with its range; a missing end (NaN) means that the data do not bound it."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class SpectralFit:
    """The outcome of a fit.

    Attributes
    ----------
    model : str
        ``powerlaw`` or ``bremsstrahlung``.
    parameter : Interval
        Photon index, or kT in keV.
    nh_1e22 : Interval
        Absorbing column in 1e22 cm-2.
    norm : float
        photon cm-2 s-1 keV-1 at 1 keV of the unabsorbed power law.
    flux_cgs : float
        Absorbed flux of 0.2-12 keV, erg cm-2 s-1.
    statistic : float
        W at the best fit.
    freedom : int
        Groups less three.
    delta : float
        The rise of W that the ranges stand for (1: 68 %, 2.706: 90 %).
    """

    model: ModelName
    parameter: Interval
    nh_1e22: Interval
    norm: float
    flux_cgs: float
    statistic: float
    freedom: int
    delta: float


def fold(
    spectrum: PhaSpectrum,
    background: PhaSpectrum | None,
    response: tuple[Redistribution, EffectiveArea | None],
    range_kev: tuple[float, float] = (0.3, 10.0),
) -> FoldedSpectrum:
    """Group a spectrum by its own GROUPING and join it to its response.

    Parameters
    ----------
    spectrum : PhaSpectrum
        The source.
    background : PhaSpectrum or None
        Its background, not grouped; None counts as none.
    response : tuple
        Redistribution matrix and effective area; None where the area is inside the matrix.
    range_kev : tuple of float
        Groups that lie wholly inside, by EBOUNDS, are used.

    Returns
    -------
    FoldedSpectrum
        Groups with a bad channel (QUALITY) inside the range are left out.

    Raises
    ------
    BadResponse
        Channels or energy grids do not agree.
    FitFailed
        Fewer than four groups are left.
    """
    matrix, area = response
    _refuse_strangers(spectrum, background, matrix, area)
    starts = spectrum.group_starts()
    group = np.zeros(len(spectrum), dtype=np.int64)
    group[starts[1:]] = 1
    group = np.cumsum(group)
    outside = (matrix.channel_low_kev < range_kev[0]) | (matrix.channel_high_kev > range_kev[1])
    bad = outside | (spectrum.quality != 0)
    keep = np.bincount(group, bad) == 0
    if keep.sum() < LEAST_BINS:
        raise FitFailed(
            f"{spectrum.name}: {keep.sum()} groups in {range_kev} keV; at least {LEAST_BINS} are needed"
        )
    gather: Any = sparse.csr_array((np.ones(len(group)), (np.arange(len(group)), group)))
    seconds = spectrum.exposure_s * np.bincount(group, spectrum.areascal)[keep] / np.bincount(group)[keep]
    folded = np.asarray((matrix.matrix @ gather).toarray())[:, keep] * seconds
    if area is not None:
        folded = folded * area.area_cm2[:, None]
    ring, ratio = _background(spectrum, background, (group, keep))
    return FoldedSpectrum(
        np.bincount(group, spectrum.counts)[keep], ring, ratio, folded, matrix.low_kev, matrix.high_kev
    )


def _background(
    spectrum: PhaSpectrum, background: PhaSpectrum | None, groups: tuple[NDArray[np.int64], NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    group, keep = groups
    if background is None:
        return np.zeros(int(keep.sum())), np.zeros(int(keep.sum()))
    area = (
        spectrum.backscal * spectrum.areascal / np.maximum(background.backscal * background.areascal, 1e-30)
    )
    ratio = area * spectrum.exposure_s / background.exposure_s
    mean = np.bincount(group, ratio)[keep] / np.bincount(group)[keep]
    counts = np.bincount(group, background.counts)[keep]
    return np.asarray(counts, dtype=np.float64), np.asarray(mean, dtype=np.float64)


def _refuse_strangers(
    spectrum: PhaSpectrum, background: PhaSpectrum | None, matrix: Redistribution, area: EffectiveArea | None
) -> None:
    for one in [spectrum, *([background] if background is not None else [])]:
        if not np.array_equal(one.channel, matrix.channel):
            raise BadResponse(
                f"{one.name}: {len(one)} channels from {one.first_channel}, but {matrix.name} has "
                f"{len(matrix.channel)} from {int(matrix.channel[0])}; give the response of this spectrum"
            )
    if area is not None and not (
        area.low_kev.shape == matrix.low_kev.shape
        and np.allclose(area.low_kev, matrix.low_kev, rtol=1e-4, atol=1e-4)
    ):
        raise BadResponse(
            f"{area.name}: its energies are not those of {matrix.name}; make both for one spectrum"
        )


def fit_spectrum(data: FoldedSpectrum, model: ModelName = "powerlaw", delta: float = 1.0) -> SpectralFit:
    """Fit an absorbed model by the W-statistic; ranges by profile likelihood.

    Parameters
    ----------
    data : FoldedSpectrum
        As made by `fold`.
    model : {"powerlaw", "bremsstrahlung"}
        Which model.
    delta : float
        Rise of W that bounds a range: 1 for 68 %, 2.706 for 90 %.

    Returns
    -------
    SpectralFit

    Raises
    ------
    FitFailed
        The source has no counts above its background.
    """
    if np.sum(data.source - data.ratio * data.background) <= 0:
        raise FitFailed("the spectrum has no counts above its background; no model can be fitted")
    best = _minimum(data, model)
    parameter, nh = float(best.x[0]), float(best.x[1])
    norm = float(_norm(data, model, parameter, nh))
    return SpectralFit(
        model=model,
        parameter=_range(data, model, (parameter, nh, float(best.fun) + delta), 0),
        nh_1e22=_range(data, model, (parameter, nh, float(best.fun) + delta), 1),
        norm=norm,
        flux_cgs=norm * _flux_of_unit(model, parameter, nh),
        statistic=float(best.fun),
        freedom=len(data.source) - 3,
        delta=delta,
    )


def _norm(data: FoldedSpectrum, model: ModelName, parameter: float, nh: float) -> NDArray[np.float64]:
    return best_norm(data.source, data.background, data.ratio, data.shape_of(model, parameter, nh))


def _profile(data: FoldedSpectrum, model: ModelName, parameter: float, nh: float) -> float:
    """W of a shape at its best norm."""
    shape = data.shape_of(model, parameter, nh)
    norm = best_norm(data.source, data.background, data.ratio, shape)
    return float(w_statistic(data.source, data.background, data.ratio, norm * shape))


def _minimum(data: FoldedSpectrum, model: ModelName) -> Any:
    grid = [(p, nh) for p in STARTS[model] for nh in START_NH]
    start = min(grid, key=lambda point: _profile(data, model, *point))
    limits = [BOUNDS[model], (0.0, LARGEST_NH)]
    return _simplex(lambda x: _profile(data, model, float(x[0]), float(x[1])), start, limits, (1e-4, 1e-3))


def _simplex(
    function: Any, start: tuple[float, ...], limits: list[Any], tolerance: tuple[float, float]
) -> Any:
    options: Any = {"xatol": tolerance[0], "fatol": tolerance[1], "maxiter": 400}
    return minimize(function, np.array(start), method="Nelder-Mead", bounds=limits, options=options)


def _range(data: FoldedSpectrum, model: ModelName, best: tuple[float, float, float], which: int) -> Interval:
    """Where the profile of parameter 0 (index, kT) or 1 (NH) crosses the limit, on both sides."""
    value, limit = best[which], best[2]
    legal = (BOUNDS[model], (0.0, LARGEST_NH))
    start = best[1 - which]

    def excess(fixed: float) -> float:
        def other(x: NDArray[np.float64]) -> float:
            pair = (fixed, float(x[0])) if which == 0 else (float(x[0]), fixed)
            return _profile(data, model, *pair)

        found = _simplex(other, (start,), [legal[1 - which]], (1e-3, 1e-2))
        return float(found.fun) - limit

    return Interval(
        value, _crossing(excess, value, legal[which][0]), _crossing(excess, value, legal[which][1])
    )


def _crossing(excess: Any, value: float, end: float) -> float:
    """The zero of `excess` between the best value and an end of the legal range; NaN when there is none."""
    step = math.copysign(max(0.05 * abs(value), 0.01), end - value)
    inside = value
    while abs(inside - value) < abs(end - value):
        outside = inside + step
        if abs(outside - value) >= abs(end - value):
            outside = end
        if excess(outside) > 0:
            return float(brentq(excess, inside, outside, xtol=1e-3))
        inside, step = outside, 2.0 * step
    return math.nan


def _flux_of_unit(model: ModelName, parameter: float, nh: float) -> float:
    edges = np.geomspace(0.2, 12.0, 2001)
    photons = photons_in_bins(model, parameter, nh, (edges[:-1], edges[1:]))
    return float(np.sum(photons * 0.5 * (edges[:-1] + edges[1:])) * ERG_PER_KEV)
