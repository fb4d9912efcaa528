"""Class shares of a catalogue without labels, from the probabilities of a calibrated model."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.errors import InvalidSettingError
from classifier.features import FloatArray

MOST_STEPS = 10_000
CONVERGED = 1e-9


@dataclass(frozen=True)
class PriorEstimate:
    """Priors of another catalogue.

    Attributes
    ----------
    priors : ndarray of shape (n_classes,)
        Class shares; sum 1.
    n_steps : int
        Steps until they stood still.
    n_sources : int
        Sources they rest on.
    """

    priors: FloatArray
    n_steps: int
    n_sources: int


def estimate_priors(
    proba: npt.ArrayLike, old_priors: npt.ArrayLike, pseudo_sources: float = 0.0
) -> PriorEstimate:
    """Class shares of a catalogue by expectation-maximisation (Saerens et al. 2002, Neural Comput. 14, 21).

    Right where the catalogue's classes look like those of the training sample and only their shares differ.

    Parameters
    ----------
    proba : array-like of shape (n_sources, n_classes)
        Posterior probabilities of the catalogue's sources under `old_priors`.
    old_priors : array-like of shape (n_classes,)
        Priors those probabilities contain.
    pseudo_sources : float
        Sources with the old shares that are added, so that few sources move the priors little.

    Returns
    -------
    PriorEstimate

    Raises
    ------
    InvalidSettingError
        When shapes differ, a prior is not positive, or there is nothing to estimate from.
    """
    posterior, old = _checked(proba, old_priors)
    likelihood = posterior / old
    new, n, step = old, len(posterior), 0
    while step < MOST_STEPS:
        step += 1
        joint = likelihood * new
        summed = (joint / joint.sum(axis=1, keepdims=True)).sum(axis=0)
        previous, new = new, (summed + pseudo_sources * old) / (n + pseudo_sources)
        if np.abs(new - previous).max() < CONVERGED:
            break
    return PriorEstimate(new, step, n)


def estimate_priors_by_bin(
    proba: npt.ArrayLike,
    old_priors: npt.ArrayLike,
    where: npt.ArrayLike,
    edges: npt.ArrayLike,
    pseudo_sources: float = 50.0,
) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Class shares in bins of some coordinate, such as the absolute galactic latitude.

    The coordinate should then not be a property of the model too: it would count twice.

    Parameters
    ----------
    proba : array-like of shape (n_sources, n_classes)
        Posterior probabilities under `old_priors`.
    old_priors : array-like of shape (n_classes,)
        Priors those probabilities contain.
    where : array-like of shape (n_sources,)
        The coordinate; NaN belongs to the whole catalogue.
    edges : array-like of shape (n_bins - 1,)
        Inner edges of the bins, rising.
    pseudo_sources : float
        Sources with the catalogue's shares that are added to each bin.

    Returns
    -------
    priors : ndarray of shape (n_bins + 1, n_classes)
        The last row is that of the whole catalogue.
    bins : ndarray of int of shape (n_sources,)
        Row of `priors` for each source.
    """
    posterior, old = _checked(proba, old_priors)
    coordinate, inner = np.asarray(where, dtype=np.float64), np.asarray(edges, dtype=np.float64)
    bins = np.where(np.isnan(coordinate), len(inner) + 1, np.searchsorted(inner, coordinate, side="right"))
    whole = estimate_priors(posterior, old).priors
    at_whole = reweigh(posterior, old, whole)
    priors = np.tile(whole, (len(inner) + 2, 1))
    for b in range(len(inner) + 1):
        if (bins == b).any():
            priors[b] = estimate_priors(at_whole[bins == b], whole, pseudo_sources).priors
    return priors, bins


def reweigh(proba: npt.ArrayLike, old_priors: npt.ArrayLike, new_priors: npt.ArrayLike) -> FloatArray:
    """Posterior probabilities under other priors.

    Parameters
    ----------
    proba : array-like of shape (n_sources, n_classes)
        Under `old_priors`.
    old_priors : array-like of shape (n_classes,)
        Priors they contain.
    new_priors : array-like of shape (n_classes,) or (n_sources, n_classes)
        Priors wanted, for all or for each source.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
        Rows sum to 1.
    """
    posterior, old = _checked(proba, old_priors)
    joint = posterior / old * np.asarray(new_priors, dtype=np.float64)
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


def _checked(proba: npt.ArrayLike, old_priors: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    posterior, old = np.asarray(proba, dtype=np.float64), np.asarray(old_priors, dtype=np.float64)
    if posterior.ndim != 2 or posterior.shape[1:] != old.shape or not len(posterior):
        raise InvalidSettingError(
            f"probabilities of shape {posterior.shape} and {old.size} priors: one column per prior and one "
            "source at least are needed"
        )
    if not (np.isfinite(old).all() and (old > 0).all()):
        raise InvalidSettingError(f"every old prior must be positive, not {old.tolist()}")
    return np.maximum(posterior, np.finfo(float).tiny), old / old.sum()
