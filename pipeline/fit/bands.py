"""Photon index from the counts of five bands, where no response files are at hand.

The model is folded through the telescope of the simulator (`pipeline.simulate.telescope`: on-axis areas of
the Medium filter that reproduce the 4XMM energy conversion factors within one per cent); other filters are
corrected per band by the ratio of their conversion factors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from pipeline.bands import energy_conversion
from pipeline.fit.absorption import cross_section_cm2
from pipeline.fit.wstat import best_norm, w_statistic
from pipeline.measure.rates import STANDARD_FILTER, BandCounts, conversion, join_exposures
from pipeline.simulate.spectra import ENERGIES_KEV
from pipeline.simulate.telescope import CAMERAS, band_matrix

LEAST_NET_COUNTS: Final = 30.0
INDICES: Final = np.linspace(-1.0, 6.0, 22)
LOG_NH: Final = np.arange(20.0, 23.21, 0.4)
ZOOM_POINTS: Final = (13, 19)
ZOOM_DEPTH: Final = 6.0
FINE_POINTS: Final = 2001
JOINED_ENERGIES: Final = 3
USUAL_LOG_NH: Final = 20.6
SPREAD_LOG_NH: Final = 0.5
"""Columns are taken to be about 4e20 cm-2 within a factor of three, as they are out of the Galactic plane;
counts that speak for more absorption override this (a tenth of 1e23 cm-2 costs 7.8 in W)."""

_CAMERAS: Final = {one.name: one for one in CAMERAS}
_ENERGY_KEV: Final = ENERGIES_KEV.reshape(-1, JOINED_ENERGIES).mean(axis=1)
_CROSS_SECTION: Final = cross_section_cm2(_ENERGY_KEV)


@dataclass(frozen=True)
class IndexEstimate:
    """A photon index.

    Attributes
    ----------
    value, error : float
        Index and half its 68 % range; NaN when there is none.
    reason : str
        Why there is none; empty otherwise.
    nh_1e22 : float
        The absorbing column that goes best with it, 1e22 cm-2.
    norm : float
        photon cm-2 s-1 keV-1 at 1 keV of the unabsorbed power law.
    """

    value: float
    error: float
    reason: str = ""
    nh_1e22: float = math.nan
    norm: float = math.nan


def index_from_bands(cameras: list[BandCounts]) -> IndexEstimate:
    """Photon index of the absorbed power law nearest to the counts, by the W-statistic.

    Parameters
    ----------
    cameras : list of BandCounts
        At least one; of one or several observations.

    Returns
    -------
    IndexEstimate
        The norm is profiled out, and the absorbing column is too, with a weak prior (see `SPREAD_LOG_NH`).
        Missing for fewer than 30 net counts, or where no index between -1 and 6 is bounded by the counts.
    """
    net = sum(float(one.net.sum()) for one in cameras)
    if net < LEAST_NET_COUNTS:
        reason = f"{max(net, 0.0):.0f} net counts; a photon index needs {LEAST_NET_COUNTS:.0f}"
        return IndexEstimate(math.nan, math.nan, reason)
    joined = join_exposures(cameras)
    coarse = _surface(joined, INDICES, LOG_NH)
    indices, columns = _closer(coarse)
    surface = _surface(joined, indices, columns)
    estimate = _estimate(indices, _least_over_columns(surface))
    if not math.isfinite(estimate.value):
        return estimate
    best = surface[int(np.argmin(np.abs(indices - estimate.value)))]
    log_nh = float(columns[int(np.argmin(best))])
    norm = _norm(joined, np.array([estimate.value]), np.array([log_nh]))[0]
    return replace(estimate, nh_1e22=10.0 ** (log_nh - 22.0), norm=float(norm[0, 0]))


def model_counts(cameras: list[BandCounts], model: IndexEstimate) -> NDArray[np.float64] | None:
    """Source counts that a model expects per camera and band, shape (cameras, 5); None without a model."""
    if not math.isfinite(model.value):
        return None
    names = tuple(one.camera for one in cameras)
    rates = _rates(names, np.array([model.value]), np.array([22.0 + math.log10(model.nh_1e22)]))
    seconds = np.array([correction(one) for one in cameras])
    return np.asarray(model.norm * rates.reshape(seconds.shape) * seconds)


def _estimate(indices: NDArray[np.float64], profile: NDArray[np.float64]) -> IndexEstimate:
    fine = np.linspace(indices[0], indices[-1], FINE_POINTS)
    curve = _spline(len(indices)) @ profile
    best = int(np.argmin(curve))
    allowed = fine[curve <= curve[best] + 1.0]
    if allowed[0] == fine[0] or allowed[-1] == fine[-1]:
        return IndexEstimate(math.nan, math.nan, "the counts do not bound a photon index between -1 and 6")
    return IndexEstimate(float(fine[best]), float(allowed[-1] - allowed[0]) / 2)


@lru_cache(maxsize=1)
def _spline(knots: int) -> NDArray[np.float64]:
    """Matrix from values at even steps to the cubic spline through them, shape (FINE_POINTS, knots)."""
    steps = np.arange(knots)
    return np.asarray(CubicSpline(steps, np.eye(knots))(np.linspace(0.0, knots - 1.0, FINE_POINTS)))


def _closer(coarse: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A finer grid about the valley of W on the coarse one."""
    profile = coarse.min(axis=1)
    near = np.flatnonzero(profile <= profile.min() + ZOOM_DEPTH)
    first, last = max(near[0] - 2, 0), min(near[-1] + 2, len(INDICES) - 1)
    valley = np.argmin(coarse[first : last + 1], axis=1)
    lowest, highest = max(valley.min() - 1, 0), min(valley.max() + 1, len(LOG_NH) - 1)
    return (
        np.linspace(INDICES[first], INDICES[last], ZOOM_POINTS[0]),
        np.linspace(LOG_NH[lowest], LOG_NH[highest], ZOOM_POINTS[1]),
    )


def _surface(
    cameras: list[BandCounts], indices: NDArray[np.float64], log_nh: NDArray[np.float64]
) -> NDArray[np.float64]:
    """W, prior included, on a grid of indices and columns."""
    misfit = _norm(cameras, indices, log_nh)[1]
    return misfit + ((log_nh - USUAL_LOG_NH) / SPREAD_LOG_NH) ** 2


def _norm(
    cameras: list[BandCounts], indices: NDArray[np.float64], log_nh: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best norm of each index and column, and its W."""
    names = tuple(one.camera for one in cameras)
    # The coarse grid is the same for all sources.
    rates = _coarse_rates(names) if indices is INDICES else _rates(names, indices, log_nh)
    shape = rates * np.concatenate([correction(one) for one in cameras])
    source, background, ratio = (
        np.concatenate([getattr(one, name) for one in cameras]) for name in ("source", "background", "ratio")
    )
    norm = best_norm(source, background, ratio, shape)
    return norm, w_statistic(source, background, ratio, norm[..., None] * shape)


def correction(one: BandCounts) -> NDArray[np.float64]:
    """Exposure (s) per band that turns the on-axis rate of the Medium filter into counts of this camera."""
    return np.asarray(one.effective_s * conversion(one) / energy_conversion(one.camera, STANDARD_FILTER))


def _least_over_columns(surface: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least W of each index over the columns, at the vertex of the parabola through three grid points."""
    at = np.clip(np.argmin(surface, axis=1), 1, surface.shape[1] - 2)
    left, middle, right = (
        np.take_along_axis(surface, at[:, None] + step, axis=1)[:, 0] for step in (-1, 0, 1)
    )
    bend = np.maximum(left - 2.0 * middle + right, 1e-12)
    offset = np.clip(0.5 * (left - right) / bend, -1.0, 1.0)
    return np.asarray(middle + offset * (0.5 * (right - left) + 0.5 * offset * bend))


@lru_cache(maxsize=8)
def _matrix(camera: str) -> NDArray[np.float64]:
    """Response of the bands on the energies of the fit, which are as wide as three of the simulator's."""
    fine = band_matrix(_CAMERAS[camera])
    return np.asarray(fine.reshape(len(_ENERGY_KEV), JOINED_ENERGIES, -1).sum(axis=1))


@lru_cache(maxsize=32)
def _coarse_rates(cameras: tuple[str, ...]) -> NDArray[np.float64]:
    return _rates(cameras, INDICES, LOG_NH)


def _rates(
    cameras: tuple[str, ...], indices: NDArray[np.float64], log_nh: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Rates of all bands of the cameras for a norm of one, shape (indices, columns, 5 x cameras), Medium."""
    spectra = _ENERGY_KEV ** -indices[:, None]
    passed = np.exp(-(10.0 ** log_nh[:, None]) * _CROSS_SECTION)
    matrix = np.concatenate([_matrix(name) for name in cameras], axis=1)
    absorbed = (spectra[:, None, :] * passed).reshape(-1, len(_ENERGY_KEV))
    return np.asarray(absorbed @ matrix).reshape(len(indices), len(log_nh), -1)
