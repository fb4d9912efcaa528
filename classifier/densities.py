"""Weighted kernel densities of one property per class, tabulated once, shrunk to the pooled density."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from classifier.errors import InvalidSettingError
from classifier.features import FloatArray

IntArray = npt.NDArray[np.intp]

KERNEL_REACH = 5.0  # standard deviations after which a kernel is cut
RANGE_REACH = 12.0  # half-widths (10 to 90 %) beyond the median where the grid ends at the latest
NARROWEST = 1.5  # bins; a narrower kernel would show the grid instead of the data


@dataclass(frozen=True)
class DensityConfig:
    """How the densities are made.

    Parameters
    ----------
    n_grid : int
        Points of the grid on which each density is tabulated.
    shrinkage : float
        Pseudo-sources drawn from the pooled density that are added to each class, so that a class
        of few sources cannot claim strong evidence.
    background : float
        Share of each class that may lie anywhere on the grid: wrong labels, wrong counterparts.
    bandwidth_floor : float
        Least bandwidth of a class, as a fraction of the bandwidth that the pooled spread would give.
    warp : float
        Share of the rank in the scale of each property, in [0, 1); the rest is its value.

    Raises
    ------
    InvalidSettingError
        When a setting is out of range.
    """

    n_grid: int = 512
    shrinkage: float = 8.0
    background: float = 0.003
    bandwidth_floor: float = 0.2
    warp: float = 0.5

    def __post_init__(self) -> None:
        positive = self.shrinkage > 0 and 0 < self.background < 1 and self.bandwidth_floor > 0
        if self.n_grid < 16 or not positive or not 0 <= self.warp < 1:
            raise InvalidSettingError(
                f"densities need n_grid >= 16, background < 1, 0 <= warp < 1 and no other <= 0: {self}"
            )


@dataclass(frozen=True)
class DensityTable:
    """Densities of every property and class.

    Attributes
    ----------
    lo, step : ndarray of shape (n_features,)
        First grid point and grid spacing, in the transformed unit. A spacing of 0 marks a property
        that was constant or never measured: it tells nothing.
    count : ndarray of shape (n_features, n_classes)
        Sum of the weights of the measured sources.
    sigma : ndarray of shape (n_features, n_classes)
        Bandwidth in grid steps.
    mass : ndarray of shape (n_features, n_classes, n_grid)
        Class densities per grid bin (sum 1) before the shrinkage.
    shrinkage, background : float
        As in `DensityConfig`.
    """

    lo: FloatArray
    step: FloatArray
    count: FloatArray
    sigma: FloatArray
    mass: FloatArray
    shrinkage: float
    background: float

    @property
    def pooled(self) -> FloatArray:
        """Density of all classes together per bin, (n_features, n_grid)."""
        total = self.count.sum(axis=1)
        share = self.count / np.where(total > 0, total, 1.0)[:, None]
        pooled = np.einsum("tk,tkg->tg", share, self.mass)
        return np.asarray(np.where(total[:, None] > 0, pooled, 1.0 / self.mass.shape[2]))

    @property
    def shrunk(self) -> FloatArray:
        """Class densities per bin, pulled towards the pooled one, (n_features, n_classes, n_grid)."""
        n, m = self.count[:, :, None], self.shrinkage
        return np.asarray(
            (n * self.mass + m * self.pooled[:, None, :]) / np.maximum(n + m, np.finfo(float).tiny)
        )

    def of(self, features: Sequence[int]) -> "DensityTable":
        """The densities of some of the properties."""
        chosen = list(features)
        parts = {name: getattr(self, name)[chosen] for name in ("lo", "step", "count", "sigma", "mass")}
        return replace(self, **parts)

    def position(self, values: FloatArray, feature: int) -> tuple[IntArray, FloatArray]:
        """Grid cell and the fraction of it, values beyond the ends held at the ends."""
        return grid_position(values, self.lo[feature], self.step[feature], self.mass.shape[2])


def grid_position(values: FloatArray, lo: float, step: float, n_grid: int) -> tuple[IntArray, FloatArray]:
    """Index of the grid point below each value and how far it lies towards the next, in [0, 1].

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite values; beyond the grid they count as its ends.
    lo, step : float
        First grid point and spacing (> 0).
    n_grid : int
        Number of grid points.

    Returns
    -------
    cell : ndarray of int of shape (n,)
    fraction : ndarray of float of shape (n,)
    """
    place = np.clip((values - lo) / step, 0.0, n_grid - 1.0)
    cell = np.minimum(place.astype(np.intp), n_grid - 2)
    return cell, place - cell


def interpolate(table: FloatArray, cell: IntArray, fraction: FloatArray) -> FloatArray:
    """Linear interpolation along the first axis of a (n_grid, n_classes) table."""
    below = table[cell]
    return np.asarray(below + fraction[:, None] * (table[cell + 1] - below))


def weighted_quantile(values: FloatArray, weights: FloatArray, shares: FloatArray) -> FloatArray:
    """Quantiles of a weighted sample, by the inverse of its step distribution.

    A weight of 2 is the same as the value given twice.

    Parameters
    ----------
    values, weights : ndarray of shape (n,)
        Finite values and positive weights, n >= 1.
    shares : ndarray of shape (q,)
        Quantiles wanted, in [0, 1].

    Returns
    -------
    ndarray of shape (q,)
    """
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    wanted = shares * cumulative[-1] * (1.0 - 1e-12)
    return np.asarray(values[order][np.minimum(np.searchsorted(cumulative, wanted), len(values) - 1)])


def grid_range(values: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Ends of the grid: those of the data, unless single wild values stretch them.

    Parameters
    ----------
    values, weights : ndarray of shape (n,)
        Finite values and positive weights.

    Returns
    -------
    lo, hi : float
    """
    low, middle, high = weighted_quantile(values, weights, np.array([0.1, 0.5, 0.9]))
    reach = RANGE_REACH * (high - low) / 2 or np.inf
    return float(max(values.min(), middle - reach)), float(min(values.max(), middle + reach))


def silverman_bandwidth(values: FloatArray, weights: FloatArray) -> float:
    """Rule-of-thumb bandwidth 0.9 min(s, IQR / 1.34) n^(-1/5) (Silverman 1986, eq. 3.31).

    Parameters
    ----------
    values, weights : ndarray of shape (n,)
        Finite values and positive weights; the sum of the weights is the number of sources.

    Returns
    -------
    float
        Bandwidth in the unit of the values; 0 where all are equal.
    """
    return float(0.9 * spread(values, weights) * max(float(weights.sum()), 1.0) ** -0.2)


def spread(values: FloatArray, weights: FloatArray) -> float:
    """The smaller of standard deviation and IQR / 1.34, or the former where the latter is 0.

    Parameters
    ----------
    values, weights : ndarray of shape (n,)
        Finite values and positive weights, n >= 1.

    Returns
    -------
    float
        In the unit of the values.
    """
    deviation = float(
        np.sqrt(np.average((values - np.average(values, weights=weights)) ** 2, weights=weights))
    )
    quarter, three_quarters = weighted_quantile(values, weights, np.array([0.25, 0.75]))
    robust = float(three_quarters - quarter) / 1.34
    return min(deviation, robust) if robust > 0 else deviation


@dataclass(frozen=True)
class _Property:
    """One property's density before it is put into the table."""

    lo: float
    step: float
    count: FloatArray
    sigma: FloatArray
    mass: FloatArray


def fit_densities(
    X: FloatArray, y: IntArray, weights: FloatArray, n_classes: int, config: DensityConfig
) -> DensityTable:
    """Kernel densities of every property and class by linear binning and convolution.

    Reflection at the ends of the grid keeps each density normalised (Silverman 1986, sections 2.10, 3.5).

    Parameters
    ----------
    X : ndarray of shape (n_sources, n_features)
        Transformed values; NaN = missing, left out of that property's densities.
    y : ndarray of int of shape (n_sources,)
        Class index of each row.
    weights : ndarray of shape (n_sources,)
        Positive weights; a weight of 2 is the same as the row given twice.
    n_classes : int
        Number of classes.
    config : DensityConfig
        Grid, shrinkage and floors.

    Returns
    -------
    DensityTable
    """
    fitted = [_fit_property(X[:, j], y, weights, n_classes, config) for j in range(X.shape[1])]
    return DensityTable(
        lo=np.array([f.lo for f in fitted]),
        step=np.array([f.step for f in fitted]),
        count=np.array([f.count for f in fitted]),
        sigma=np.array([f.sigma for f in fitted]),
        mass=np.array([f.mass for f in fitted]),
        shrinkage=config.shrinkage,
        background=config.background,
    )


def _fit_property(
    column: FloatArray, y: IntArray, weights: FloatArray, n_classes: int, config: DensityConfig
) -> _Property:
    seen = np.isfinite(column)
    values, y, weights = column[seen], y[seen], weights[seen]
    count = _weighted_count(y, weights, n_classes)
    lo, hi = grid_range(values, weights) if len(values) else (0.0, 0.0)
    step = (hi - lo) / (config.n_grid - 1)
    # equal values carry no evidence, and neither do values that floating point cannot tell apart
    if not np.isfinite(step) or step <= 8 * np.spacing(max(abs(lo), abs(hi))):
        flat = np.full((n_classes, config.n_grid), 1.0 / config.n_grid)
        return _Property(lo, 0.0, count, np.ones(n_classes), flat)
    sigma = _bandwidths(values, y, weights, n_classes, config.bandwidth_floor) / step
    sigma = np.clip(sigma, NARROWEST, config.n_grid / 4)
    binned = _bin(values, y, weights, grid=(lo, step, config.n_grid), n_classes=n_classes)
    return _Property(lo, step, count, sigma, _smooth(binned, sigma, config.background))


def _weighted_count(y: IntArray, weights: FloatArray, length: int) -> FloatArray:
    return np.asarray(np.bincount(y, weights, length), dtype=np.float64)


def _bandwidths(
    values: FloatArray, y: IntArray, weights: FloatArray, n_classes: int, floor: float
) -> FloatArray:
    pooled = 0.9 * spread(values, weights)
    widths = np.full(n_classes, pooled)
    for k in np.unique(y):
        mine = y == k
        least = floor * pooled * max(float(weights[mine].sum()), 1.0) ** -0.2
        widths[k] = max(silverman_bandwidth(values[mine], weights[mine]), least)
    return widths


def _bin(
    values: FloatArray, y: IntArray, weights: FloatArray, *, grid: tuple[float, float, int], n_classes: int
) -> FloatArray:
    n_grid = grid[2]
    cell, fraction = grid_position(values, *grid)
    below = _weighted_count(y * n_grid + cell, weights * (1 - fraction), n_classes * n_grid)
    above = _weighted_count(y * n_grid + cell + 1, weights * fraction, n_classes * n_grid)
    return (below + above).reshape(n_classes, n_grid)


def _smooth(binned: FloatArray, sigma: FloatArray, background: float) -> FloatArray:
    n_grid = binned.shape[1]
    total = binned.sum(axis=1, keepdims=True)
    start = np.where(total > 0, binned / np.where(total > 0, total, 1.0), 1.0 / n_grid)
    kernels = [
        gaussian_filter1d(row, s, mode="reflect", truncate=KERNEL_REACH)
        for row, s in zip(start, sigma, strict=True)
    ]
    return np.asarray((1 - background) * np.array(kernels) + background / n_grid)
