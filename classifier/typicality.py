"""How usual a source is for the class it was given: the base of the outlier score."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from classifier.densities import DensityTable, IntArray, interpolate, weighted_quantile
from classifier.features import FloatArray

SHARES = np.unique(np.concatenate([np.linspace(0.0, 1.0, 201), 1.0 - np.geomspace(0.01, 1e-4, 41)]))
RAREST = 1e-5  # least chance that quantiles of a training sample can vouch for
TYPICALITY_WEIGHT = (
    0.5  # doubt counts 1: sources of no known class lie between classes more often than far out
)
BEYOND = 0.1  # score per unit of z above the least typical training source


@dataclass(frozen=True)
class Typicality:
    """What is usual, learned from the training sources.

    For class k, z = - sum_t ( log p_t(x_t) - E_k[log p_t] ) / sqrt( sum_t Var_k[log p_t] ), over the
    measured properties: about 0 for a usual source, growing for unusual ones, whatever is missing.
    Beyond the range seen in training log p falls on as a Gaussian of the class's bandwidth would at
    first, then logarithmically, without end.

    Attributes
    ----------
    densities : DensityTable
        The class densities.
    z_quantiles, doubt_quantiles, surprise_quantiles : ndarray of shape (n_shares,)
        Quantiles of z, of 1 - max P and of both combined among the training sources, at `SHARES`.
    """

    densities: DensityTable
    z_quantiles: FloatArray
    doubt_quantiles: FloatArray
    surprise_quantiles: FloatArray

    def score(self, values: FloatArray, posterior: FloatArray) -> FloatArray:
        """Outlier score of sources.

        Parameters
        ----------
        values : ndarray of shape (n_sources, n_features)
            Transformed values; NaN = missing.
        posterior : ndarray of shape (n_sources, n_classes)
            Their class probabilities.

        Returns
        -------
        ndarray of shape (n_sources,)
            Share of the training sources that are less surprising, plus a tenth of the z in excess of the
            most unusual training source.
        """
        z, doubt = typicality_z(self.densities, values, posterior), 1.0 - posterior.max(axis=1)
        share = np.interp(self._surprise(z, doubt), self.surprise_quantiles, SHARES)
        return np.asarray(share + BEYOND * np.maximum(z - self.z_quantiles[-1], 0.0))

    def p_value(self, values: FloatArray, posterior: FloatArray) -> FloatArray:
        """Chance that a source like those of training is as surprising as this one, (n_sources,).

        Never below 1e-5: that is as far as a training sample can vouch for.
        """
        z, doubt = typicality_z(self.densities, values, posterior), 1.0 - posterior.max(axis=1)
        share = np.interp(self._surprise(z, doubt), self.surprise_quantiles, SHARES)
        return np.asarray(np.maximum(1.0 - share, RAREST))

    def _surprise(self, z: FloatArray, doubt: FloatArray) -> FloatArray:
        """Both chances combined as Fisher does, with weights (Good 1955, J. R. Stat. Soc. B 17, 264)."""
        usual = 1.0 - np.interp(z, self.z_quantiles, SHARES)
        sure = 1.0 - np.interp(doubt, self.doubt_quantiles, SHARES)
        return np.asarray(
            -TYPICALITY_WEIGHT * np.log(np.maximum(usual, RAREST)) - np.log(np.maximum(sure, RAREST))
        )


def fit_typicality(
    densities: DensityTable, values: FloatArray, posterior: FloatArray, weights: FloatArray
) -> Typicality:
    """Learn what is usual.

    Parameters
    ----------
    densities : DensityTable
        The class densities.
    values : ndarray of shape (n_sources, n_features)
        Transformed values of the training sources; NaN = missing.
    posterior : ndarray of shape (n_sources, n_classes)
        Their class probabilities.
    weights : ndarray of shape (n_sources,)
        Their weights.

    Returns
    -------
    Typicality
    """
    z, doubt = typicality_z(densities, values, posterior), 1.0 - posterior.max(axis=1)
    z_quantiles, doubt_quantiles = _quantiles(z, weights), _quantiles(doubt, weights)
    bare = Typicality(densities, z_quantiles, doubt_quantiles, SHARES)
    surprise = _quantiles(bare._surprise(z, doubt), weights)
    return Typicality(densities, z_quantiles, doubt_quantiles, surprise)


def _quantiles(values: FloatArray, weights: FloatArray) -> FloatArray:
    # np.interp needs quantiles that rise; equal ones are told apart by less than matters
    return weighted_quantile(values, weights, SHARES) + np.arange(len(SHARES)) * 1e-12


def typicality_z(densities: DensityTable, values: FloatArray, posterior: FloatArray) -> FloatArray:
    """z of each source for its most probable class (see `Typicality`).

    Parameters
    ----------
    densities : DensityTable
        The class densities.
    values : ndarray of shape (n_sources, n_features)
        Transformed values; NaN = missing, adds nothing.
    posterior : ndarray of shape (n_sources, n_classes)
        Class probabilities.

    Returns
    -------
    ndarray of shape (n_sources,)
        0 where nothing is measured.
    """
    best = posterior.argmax(axis=1)
    surprise, variance = np.zeros(len(values)), np.zeros(len(values))
    for j, log_density, mean, spread in _log_density_tables(densities):
        seen = np.isfinite(values[:, j])
        k = best[seen]
        surprise[seen] += mean[k] - _log_density_at(densities, j, log_density, values[seen, j], k)
        variance[seen] += spread[k]
    return np.asarray(surprise / np.sqrt(np.where(variance > 0, variance, 1.0)))


def _log_density_tables(densities: DensityTable) -> Iterator[tuple[int, FloatArray, FloatArray, FloatArray]]:
    shrunk = densities.shrunk
    for j in np.flatnonzero(densities.step > 0):
        density = shrunk[j] / shrunk[j].sum(axis=1, keepdims=True)
        log_density = np.log(density)
        mean = (density * log_density).sum(axis=1)
        yield int(j), log_density, mean, (density * (log_density - mean[:, None]) ** 2).sum(axis=1)


def _log_density_at(
    densities: DensityTable, feature: int, log_density: FloatArray, values: FloatArray, k: IntArray
) -> FloatArray:
    cell, fraction = densities.position(values, feature)
    inside = interpolate(np.ascontiguousarray(log_density.T), cell, fraction)[np.arange(len(k)), k]
    centre = (densities.mass.shape[2] - 1) / 2
    place = (values - densities.lo[feature]) / densities.step[feature]
    beyond = np.maximum(np.abs(place - centre) - centre, 0.0) / densities.sigma[feature][k]
    return np.asarray(
        inside - 2 * np.log(np.hypot(1.0, beyond / np.sqrt(2)))
    )  # log1p(beyond^2 / 2), no overflow
