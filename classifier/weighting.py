"""How much each term counts for each class: a convex fit on leave-one-out evidence."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from threadpoolctl import threadpool_limits

from classifier.densities import IntArray
from classifier.errors import InvalidSettingError
from classifier.features import FloatArray


@dataclass(frozen=True)
class WeightingConfig:
    """How pairs are chosen and terms weighted.

    Parameters
    ----------
    n_pairs : int
        Most pairs of properties (or of a property and a survey) that get a term; 0 for none.
    single_penalty : float
        Pull of the weight of a property or pattern towards 1, in sources.
    class_penalty : float
        Pull of each class's own weights towards the shared ones, in sources.
    pair_penalty : float
        Pull of the weight of a pair towards 0, in sources.
    wrong_labels : float
        Share of training labels that may be wrong: a single one must not stretch the weights.

    Raises
    ------
    InvalidSettingError
        When a setting is out of range.
    """

    n_pairs: int = 40
    single_penalty: float = 4.0
    class_penalty: float = 8.0
    pair_penalty: float = 15.0
    wrong_labels: float = 0.003

    def __post_init__(self) -> None:
        positive = min(self.single_penalty, self.class_penalty, self.pair_penalty) > 0
        if self.n_pairs < 0 or not positive or not 0 <= self.wrong_labels < 1:
            raise InvalidSettingError(
                f"weighting needs n_pairs >= 0, penalties > 0 and 0 <= wrong_labels < 1: {self}"
            )


@dataclass(frozen=True)
class WeightProblem:
    """The penalised multinomial log-loss whose minimum gives the weights.

    loss = - sum_i v_i sum_k t_ik log P_ik + sum_t penalty_t / 2 (w_t - centre_t)^2
           + class_penalty / 2 sum_tk d_tk^2,
    with P_i the softmax of log prior_k + sum_t (w_t + d_tk) e_tik and t_ik the true class, but for the
    share `wrong_labels` of the sources, which is spread over the classes as the prior is. Convex in
    (w, d); terms that repeat each other get weights below 1 instead of counting twice.

    Attributes
    ----------
    evidence : ndarray of shape (n_classes, n_terms, n_sources)
        Leave-one-out evidence in nats.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    weights : ndarray of shape (n_sources,)
        Source weights v_i.
    log_prior : ndarray of shape (n_classes,)
        Class shares of the sample, logarithm.
    centre, penalty : ndarray of shape (n_terms,)
        Where each shared weight is pulled to, and how strongly, in sources.
    class_penalty : float
        Pull of the classes' own weights towards the shared one, in sources.
    wrong_labels : float
        Share of labels that may be wrong.
    """

    evidence: FloatArray
    y: IntArray
    weights: FloatArray
    log_prior: FloatArray
    centre: FloatArray
    penalty: FloatArray
    class_penalty: float
    wrong_labels: float

    @property
    def target(self) -> FloatArray:
        """Class probabilities to be met, (n_classes, n_sources)."""
        sure = np.eye(len(self.log_prior))[:, self.y]
        return (1 - self.wrong_labels) * sure + self.wrong_labels * np.exp(self.log_prior)[:, None]

    def split(self, free: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Shared weights (n_terms,) and deviations (n_terms, n_classes) from one vector."""
        n = len(self.centre)
        return free[:n], free[n:].reshape(n, -1)

    def log_posterior(self, weights: FloatArray) -> FloatArray:
        """log P for weights of shape (n_terms, n_classes); (n_classes, n_sources)."""
        score = np.stack([w @ e for w, e in zip(weights.T, self.evidence, strict=True)])
        score += self.log_prior[:, None]
        return np.asarray(score - logsumexp(score, axis=0))

    def loss(self, free: FloatArray, target: FloatArray) -> tuple[float, FloatArray]:
        """Loss and its gradient."""
        shared, own = self.split(free)
        log_posterior = self.log_posterior(shared[:, None] + own)
        residual = (np.exp(log_posterior) - target) * self.weights
        slope = np.stack([e @ r for e, r in zip(self.evidence, residual, strict=True)], axis=1)
        away = shared - self.centre
        value = -float((self.weights * target * log_posterior).sum())
        value += 0.5 * float(self.penalty @ away**2) + 0.5 * self.class_penalty * float((own**2).sum())
        gradient = [slope.sum(axis=1) + self.penalty * away, (slope + self.class_penalty * own).ravel()]
        return value, np.concatenate(gradient)

    def curvature(self) -> FloatArray:
        """Diagonal of the Hessian where every weight is at its centre: it scales the steps."""
        posterior = np.exp(self.log_posterior(np.repeat(self.centre[:, None], len(self.log_prior), axis=1)))
        spread = (posterior * (1 - posterior) + 1e-3) * self.weights
        own = np.stack([(e**2) @ v for e, v in zip(self.evidence, spread, strict=True)], axis=1)
        return np.concatenate([own.sum(axis=1) + self.penalty, (own + self.class_penalty).ravel()])


def learn_weights(problem: WeightProblem) -> tuple[FloatArray, FloatArray]:
    """Weights that minimise the problem's loss, the shared ones held at 0 or above.

    Parameters
    ----------
    problem : WeightProblem
        Evidence and true classes.

    Returns
    -------
    shared : ndarray of shape (n_terms,)
    per_class : ndarray of shape (n_terms, n_classes)
        Shared weight plus the class's deviation.
    """
    n_terms, n_classes = len(problem.centre), len(problem.log_prior)
    if not n_terms or n_classes == 1:
        return problem.centre, np.ones((n_terms, n_classes)) * problem.centre[:, None]
    step = 1 / np.sqrt(problem.curvature())
    start = np.concatenate([problem.centre, np.zeros(n_terms * n_classes)]) / step
    target, scale = problem.target, float(problem.weights.sum())

    def scaled(free: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = problem.loss(free * step, target)
        return value / scale, gradient * step / scale

    # Hundreds of small products: threads would wait for each other longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        found = minimize(
            scaled,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, None)] * n_terms + [(None, None)] * (n_terms * n_classes),
            options={"maxiter": 300, "ftol": 1e-13, "gtol": 1e-8, "maxcor": 20},
        )
    shared, own = problem.split(np.asarray(found.x, dtype=np.float64) * step)
    return shared, shared[:, None] + own
