"""How much each group of properties counts: a convex fit on leave-one-out evidence."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from classifier.densities import IntArray
from classifier.features import FloatArray


@dataclass(frozen=True)
class WeightProblem:
    """The penalised multinomial log-loss whose minimum gives the weights.

    loss(w) = sum_i v_i [ logsumexp_k s_ik - s_iy ] + penalty / 2 * sum_g (w_g - 1)^2,
    with s_ik = log prior_k + sum_g w_g e_gik. Convex in w; properties that repeat each other
    get weights below 1 instead of counting twice.

    Attributes
    ----------
    evidence : ndarray of shape (n_groups, n_sources, n_classes)
        Leave-one-out evidence summed over each group, in nats.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    weights : ndarray of shape (n_sources,)
        Source weights v_i.
    log_prior : ndarray of shape (n_classes,)
        Class shares of the sample, logarithm.
    penalty : float
        Strength of the pull towards 1, in sources.
    """

    evidence: FloatArray
    y: IntArray
    weights: FloatArray
    log_prior: FloatArray
    penalty: float

    def loss(self, w: FloatArray) -> tuple[float, FloatArray]:
        """Loss and its gradient at weights of shape (n_groups,)."""
        residual, log_true = self._residual(w)
        value = -float(self.weights @ log_true) + 0.5 * self.penalty * float(np.sum((w - 1) ** 2))
        gradient = np.einsum("gik,ik->g", self.evidence, residual) + self.penalty * (w - 1)
        return value, gradient

    def _residual(self, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        score = self.log_prior + np.tensordot(w, self.evidence, axes=1)
        log_posterior = score - logsumexp(score, axis=1, keepdims=True)
        rows = np.arange(len(self.y))
        residual = np.exp(log_posterior)
        residual[rows, self.y] -= 1.0
        return residual * self.weights[:, None], log_posterior[rows, self.y]


def learn_weights(problem: WeightProblem) -> FloatArray:
    """Weights >= 0 that minimise the problem's loss.

    Groups without any evidence keep the weight 1 and do not touch the others.

    Parameters
    ----------
    problem : WeightProblem
        Evidence and true classes.

    Returns
    -------
    ndarray of shape (n_groups,)
    """
    start = np.ones(len(problem.evidence))
    scale = float(problem.weights.sum())

    def scaled(w: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = problem.loss(w)
        return value / scale, gradient / scale

    found = minimize(
        scaled,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(start),
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9},
    )
    return np.asarray(found.x, dtype=np.float64)
