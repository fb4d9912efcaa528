"""Measurement errors: the densities as seen through a blurred measurement."""

import numpy as np

from classifier.densities import interpolate
from classifier.features import TRANSFORMS, FeatureSpec, FloatArray
from classifier.terms.stack import TermStack

NODES, SHARES = np.polynomial.hermite_e.hermegauss(9)
SIDE = 0.05  # of an error: half-width over which the scale's slope is taken


def widened_evidence(
    stack: TermStack, spec: FeatureSpec, feature: int, measured: FloatArray, error: FloatArray
) -> FloatArray:
    """log( p(measured | class) / p(measured) ) with each density widened by the measurement's error.

    p(measured | class) = integral of p(x | class) N(measured - x; error), by Gauss-Hermite quadrature with
    nine nodes; nodes beyond the domain of the transform (a ratio <= 0 under a logarithm) are left out.

    Parameters
    ----------
    stack : TermStack
        Densities and scales.
    spec : FeatureSpec
        Of the column.
    feature : int
        The column.
    measured, error : ndarray of shape (n_sources,)
        Values and their standard deviations (> 0) in the unit of the column.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
        In nats; tends to 0 as the error grows beyond the property's range.
    """
    nodes = measured[:, None] + error[:, None] * NODES
    half = SIDE * error[:, None]

    def place(values: FloatArray) -> FloatArray:
        transformed = TRANSFORMS[spec.transform](values.ravel())
        return stack.axes[feature].place(transformed).reshape(values.shape)

    slope = np.abs(place(nodes + half) - place(nodes - half)) / (2 * half)
    where = place(nodes)
    usable = np.isfinite(where) & np.isfinite(slope)
    share = np.where(usable, SHARES * np.where(usable, slope, 0.0), 0.0)
    densities = stack.densities
    cell, fraction = densities.position(np.where(usable, where, 0.0).ravel(), feature)
    both = np.concatenate([densities.shrunk[feature], densities.pooled[[feature]]]).T
    mass = interpolate(np.ascontiguousarray(both), cell, fraction).reshape(*nodes.shape, -1)
    summed = np.einsum("iq,iqk->ik", share, mass)
    summed = np.where(summed > 0, summed, 1.0)
    return np.asarray(np.log(summed[:, :-1]) - np.log(summed[:, [-1]]))
