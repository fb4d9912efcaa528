"""A scale for each property on which its sources are spread well: half its value, half its rank."""

from dataclasses import dataclass

import numpy as np

from classifier.densities import weighted_quantile
from classifier.features import FloatArray

N_KNOTS = 129
REACH = 6.0  # half-widths (10 to 90 %) beyond the median where the value's own half of the scale ends


@dataclass(frozen=True)
class Axis:
    """A rising, piecewise linear scale from 0 to 1 over the training range.

    Attributes
    ----------
    knots : ndarray of shape (n_knots,)
        Values, rising. Empty for a property that was constant or never measured.
    places : ndarray of shape (n_knots,)
        Their places on the scale, from 0 to 1.
    """

    knots: FloatArray
    places: FloatArray

    @property
    def tells(self) -> bool:
        """Whether the property varied at all."""
        return len(self.knots) > 0

    def place(self, values: FloatArray) -> FloatArray:
        """Places of values; straight on beyond the ends, NaN where missing or where nothing is told."""
        if not self.tells:
            return np.full(len(values), np.nan)
        lo, hi = self.knots[0], self.knots[-1]
        inside = np.interp(values, self.knots, self.places)
        return np.asarray(inside + (values - np.clip(values, lo, hi)) / (hi - lo))


def fit_axis(values: FloatArray, weights: FloatArray, warp: float) -> Axis:
    """Scale of one property.

    A value's place is (1 - warp) times where it lies between the robust ends of the sample plus warp
    times its mid-rank. Ranks give room where the sources are, values keep gaps apart.

    Parameters
    ----------
    values, weights : ndarray of shape (n,)
        Finite values and positive weights; n may be 0.
    warp : float
        Share of the rank, in [0, 1).

    Returns
    -------
    Axis
    """
    silent = Axis(np.empty(0), np.empty(0))
    if not len(values) or not np.isfinite(values.max() - values.min()):
        return silent
    lo, hi = float(values.min()), float(values.max())
    # equal values carry no evidence, and neither do values that floating point cannot tell apart
    if hi - lo <= 512 * 8 * np.spacing(max(abs(lo), abs(hi))):
        return silent
    low, middle, high = weighted_quantile(values, weights, np.array([0.1, 0.5, 0.9]))
    reach = REACH * (high - low) / 2 or np.inf
    ends = max(lo, middle - reach), min(hi, middle + reach)
    knots, ranks = _mid_ranks(values, weights)
    every = np.unique(np.concatenate([knots, ends]))
    straight = np.clip((every - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0)
    return Axis(every, (1 - warp) * straight + warp * np.interp(every, knots, ranks))


def _mid_ranks(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    knots = np.unique(weighted_quantile(values, weights, np.linspace(0, 1, N_KNOTS)))
    order = np.argsort(values, kind="stable")
    cumulative = np.concatenate([[0.0], np.cumsum(weights[order])])
    below = cumulative[np.searchsorted(values[order], knots, "left")]
    upto = cumulative[np.searchsorted(values[order], knots, "right")]
    middle = (below + upto) / 2
    return knots, (middle - middle[0]) / (middle[-1] - middle[0])
