"""Photon index from the counts of five bands, where no response files are at hand.

The model is folded through the telescope of the simulator (`pipeline.simulate.telescope`: on-axis areas of
the Medium filter that reproduce the 4XMM energy conversion factors within one per cent); other filters are
corrected per band by the ratio of their conversion factors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from pipeline.bands import energy_conversion
from pipeline.fit.models import photons_in_bins
from pipeline.fit.wstat import best_norm, w_statistic
from pipeline.measure.rates import STANDARD_FILTER, BandCounts, conversion, join_exposures
from pipeline.simulate.spectra import ENERGY_EDGES_KEV
from pipeline.simulate.telescope import CAMERAS, band_matrix

LEAST_NET_COUNTS: Final = 30.0
INDICES: Final = np.arange(-1.0, 6.01, 0.25)
LOG_NH: Final = np.arange(20.0, 23.21, 0.4)
USUAL_LOG_NH: Final = 20.6
SPREAD_LOG_NH: Final = 0.5
"""Columns are taken to be about 4e20 cm-2 within a factor of three, as they are out of the Galactic plane;
counts that speak for more absorption override this (a tenth of 1e23 cm-2 costs 7.8 in W)."""


@dataclass(frozen=True)
class IndexEstimate:
    """A photon index.

    Attributes
    ----------
    value, error : float
        Index and half its 68 % range; NaN when there is none.
    reason : str
        Why there is none; empty otherwise.
    """

    value: float
    error: float
    reason: str = ""


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
    profile = _least_over_columns(_surface(join_exposures(cameras)))
    fine = np.linspace(INDICES[0], INDICES[-1], 2801)
    curve = CubicSpline(INDICES, profile)(fine)
    best = int(np.argmin(curve))
    allowed = fine[curve <= curve[best] + 1.0]
    if allowed[0] == fine[0] or allowed[-1] == fine[-1]:
        return IndexEstimate(math.nan, math.nan, "the counts do not bound a photon index between -1 and 6")
    return IndexEstimate(float(fine[best]), float(allowed[-1] - allowed[0]) / 2)


def _surface(cameras: list[BandCounts]) -> NDArray[np.float64]:
    """W, prior included, on the grid of indices and columns."""
    shape = np.concatenate([_rates(one.camera) * _correction(one) for one in cameras], axis=-1)
    source, background, ratio = (
        np.concatenate([getattr(one, name) for one in cameras]) for name in ("source", "background", "ratio")
    )
    norm = best_norm(source, background, ratio, shape)
    misfit = w_statistic(source, background, ratio, norm[..., None] * shape)
    return misfit + ((LOG_NH - USUAL_LOG_NH) / SPREAD_LOG_NH) ** 2


def _correction(one: BandCounts) -> NDArray[np.float64]:
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


@lru_cache(maxsize=4)
def _rates(camera: str) -> NDArray[np.float64]:
    """Rates of the bands for a norm of one, shape (indices, columns, 5), Medium filter."""
    edges = (ENERGY_EDGES_KEV[:-1], ENERGY_EDGES_KEV[1:])
    width = ENERGY_EDGES_KEV[1] - ENERGY_EDGES_KEV[0]
    matrix = band_matrix(next(one for one in CAMERAS if one.name == camera))
    spectra = [
        [photons_in_bins("powerlaw", float(index), 10.0 ** (column - 22.0), edges) for column in LOG_NH]
        for index in INDICES
    ]
    return np.asarray(np.array(spectra) / width @ matrix)
