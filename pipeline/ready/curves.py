"""Light curves of the archive on one time grid, with what is laid over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.goodtime import GoodTime, good_time, union
from pipeline.measure.lightcurve import LEAST_FRACTION, LightCurve, LightCurves
from pipeline.measure.variability.blocks import blocks_of_curve, flares
from pipeline.measure.variability.excess import excess_variance, expected_error
from pipeline.products.overlay import Overlay
from pipeline.readers.lightcurves import RateCurve
from pipeline.ready.origin import Origin

NOT_CUT: Final = np.empty((0, 2))


@dataclass(frozen=True, eq=False)
class FileCurve:
    """A light curve of the input, and where it comes from."""

    curve: RateCurve
    origin: Origin
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class _Binned:
    """A curve on the common grid; rates are NaN where it was not exposed."""

    rate: NDArray[np.float64]
    error: NDArray[np.float64]
    total: NDArray[np.float64]
    fraction: NDArray[np.float64]


def join_curves(found: list[FileCurve]) -> tuple[LightCurves, Overlay]:
    """Bring the light curves of one source together.

    Parameters
    ----------
    found : list of FileCurve
        At least one, with at least one exposed bin among them; of each camera and exposure one.

    Returns
    -------
    tuple of (LightCurves, Overlay)
        On the widest of their bins; finer ones are averaged, weighted by exposure. Blocks are those of the
        camera with most counts.
    """
    curves = [one.curve for one in found]
    width = max(curve.bin_s for curve in curves)
    begin = min(_start(curve) for curve in curves)
    end = max(float(curve.time_s[-1] + curve.bin_s / 2) for curve in curves)
    number = max(1, int(np.ceil((end - begin) / width - 1e-6)))
    edges = begin + width * np.arange(number + 1, dtype=np.float64)
    names = list(dict.fromkeys(curve.camera for curve in curves))
    groups = [[curve for curve in curves if curve.camera == name] for name in names]
    on_grid = [_on_grid(group, edges) for group in groups]
    cameras = tuple(_camera(*pair, edges) for pair in zip(names, on_grid, strict=True))
    good = union([_good(curve) for curve in curves])
    light = LightCurves(begin, width, cameras, good)
    return light, _overlay(names, on_grid, edges)


def _start(curve: RateCurve) -> float:
    return float(curve.time_s[0] - curve.bin_s / 2)


def _good(curve: RateCurve) -> GoodTime:
    if len(curve.good.start):
        return curve.good
    seen = curve.time_s[curve.fraction_exposed > 0]
    return good_time(seen - curve.bin_s / 2, seen + curve.bin_s / 2)


def _on_grid(curves: list[RateCurve], edges: NDArray[np.float64]) -> _Binned:
    """All exposures of a camera: sums weighted by exposed time, in the bins that hold their centres."""
    size = len(edges) - 1
    seconds, sums, squares, totals = (np.zeros(size) for _ in range(4))
    for curve in curves:
        good = curve.usable(0.0)
        at = np.clip(np.searchsorted(edges, curve.time_s[good], side="right") - 1, 0, size - 1)
        exposed = curve.fraction_exposed[good] * curve.bin_s
        behind = np.nan_to_num(curve.background[good])
        seconds += np.bincount(at, exposed, size)
        sums += np.bincount(at, exposed * curve.rate[good], size)
        squares += np.bincount(at, (exposed * curve.error[good]) ** 2, size)
        totals += np.bincount(at, exposed * (curve.rate[good] + behind), size)
    fraction = seconds / (edges[1] - edges[0])
    weight = np.where(fraction >= LEAST_FRACTION, seconds, np.nan)
    return _Binned(sums / weight, np.sqrt(squares) / weight, totals / weight, fraction)


def _camera(name: str, one: _Binned, edges: NDArray[np.float64]) -> LightCurve:
    used = np.isfinite(one.rate)
    expected = expected_error(one.rate, one.error, one.fraction)
    mean = np.average(one.rate[used], weights=one.fraction[used]) if used.any() else 0.0
    pulls = (one.rate[used] - mean) / np.maximum(expected[used], 1e-12)
    return LightCurve(
        camera=name,
        time_s=(edges[:-1] + edges[1:]) / 2 - edges[0],
        rate=one.rate,
        rate_error=one.error,
        fraction_exposed=np.minimum(one.fraction, 1.0),
        chi2=float(np.sum(pulls**2)),
        bins=int(used.sum()),
        excess=excess_variance(one.rate, expected),
    )


def _counts(one: _Binned) -> NDArray[np.int64]:
    """Counts that rates and their errors stand for: n (1 +- 1 / sqrt n)."""
    used = np.isfinite(one.rate) & (one.error > 0) & (one.total > 0)
    counts = np.zeros(len(one.rate))
    counts[used] = (one.total[used] / one.error[used]) ** 2
    return np.rint(counts).astype(np.int64)


def _overlay(names: list[str], curves: list[_Binned], edges: NDArray[np.float64]) -> Overlay:
    counts = [_counts(one) for one in curves]
    most = int(np.argmax([one.sum() for one in counts]))
    best, width = curves[most], float(edges[1] - edges[0])
    used = np.isfinite(best.rate)
    seconds = np.where(used, np.minimum(best.fraction, 1.0) * width, 0.0)
    blocks = blocks_of_curve(np.column_stack([edges[:-1], edges[1:]]), counts[most], seconds)
    corrected = float(np.sum((best.total * seconds)[used]))
    efficiency = counts[most].sum() / corrected if corrected > 0 and counts[most].sum() else 1.0
    behind = float(np.average((best.total - best.rate)[used], weights=seconds[used])) if used.any() else 0.0
    return Overlay(
        camera=names[most],
        start_s=blocks.start_s - edges[0],
        stop_s=blocks.stop_s - edges[0],
        rate=blocks.rate / efficiency - behind,
        rate_error=blocks.error / efficiency,
        flares=tuple(flares(blocks)),
        cut_s=NOT_CUT,
        counts=int(sum(one.sum() for one in counts)),
    )
