"""How sure a difference between two models is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.errors import EvaluationError


@dataclass(frozen=True)
class Interval:
    """A mean and its bootstrap interval.

    Attributes
    ----------
    mean, low, high : float
        In the unit of the losses.
    level : float
        Probability that the interval is meant to hold.
    """

    mean: float
    low: float
    high: float
    level: float


def paired_bootstrap(
    loss_a: npt.ArrayLike,
    loss_b: npt.ArrayLike,
    rng: np.random.Generator,
    n_resamples: int = 2000,
    level: float = 0.95,
) -> Interval:
    """Interval of the mean difference of two losses on the same sources.

    Percentile bootstrap over sources (Efron & Tibshirani 1993, chapter 13).

    Parameters
    ----------
    loss_a, loss_b : array-like of shape (n_sources,)
        Losses of two models on the same sources in the same order.
    rng : numpy.random.Generator
        Draws the resamples.
    n_resamples : int
        Number of resamples.
    level : float
        Probability that the interval is meant to hold.

    Returns
    -------
    Interval
        Of mean(loss_a - loss_b): negative where a is better.

    Raises
    ------
    EvaluationError
        When the losses differ in shape or are empty.
    """
    a, b = np.asarray(loss_a, dtype=np.float64), np.asarray(loss_b, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise EvaluationError(f"losses of shapes {a.shape} and {b.shape} cannot be paired")
    difference = a - b
    means = [difference[rng.integers(0, len(a), len(a))].mean() for _ in range(n_resamples)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(difference.mean()), float(low), float(high), level)
