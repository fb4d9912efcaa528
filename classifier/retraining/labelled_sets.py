"""The sources that teach and the sources that judge."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.errors import InvalidSettingError
from classifier.evaluation import class_indices
from classifier.features import FloatArray

ORIGINS = ("literature", "crowd", "verdict")
LEAST_WEIGHT = 1e-3  # a soft label below this weight changes nothing but the cost of the fit


@dataclass(frozen=True)
class TrainingSet:
    """Sources that teach.

    Parameters
    ----------
    names : sequence of str of length n
        Catalogue names.
    X : ndarray of shape (n, n_features)
        Feature table; NaN = missing.
    origin : sequence of {"literature", "crowd", "verdict"} of length n
        Where each label comes from.
    classes : sequence
        Class labels; the columns of `posterior`.
    y : sequence of class labels of length n, optional
        Hard labels. Either `y` or `posterior` must be given.
    posterior : ndarray of shape (n, n_classes), optional
        Soft labels, crowd only; never a model's own output.
    weight : ndarray of shape (n,), optional
        Weight of each source, >= 0, before the factor of its origin; 1 by default.

    Raises
    ------
    InvalidSettingError
        When lengths differ, an origin is unknown, or not exactly one kind of label is given.
    """

    names: Sequence[str]
    X: FloatArray
    origin: Sequence[str]
    classes: Sequence[Any]
    y: Sequence[Any] | npt.NDArray[Any] | None = None
    posterior: FloatArray | None = None
    weight: FloatArray | None = None

    def __post_init__(self) -> None:
        if (self.y is None) == (self.posterior is None):
            raise InvalidSettingError("give either hard labels (y) or soft ones (posterior)")
        given = (self.X, self.origin, self.y, self.posterior, self.weight)
        lengths = {len(self.names), *(len(part) for part in given if part is not None)}
        if len(lengths) != 1:
            raise InvalidSettingError(f"the parts of the training set differ in length: {sorted(lengths)}")
        unknown = sorted(set(self.origin) - set(ORIGINS))
        if unknown:
            raise InvalidSettingError(f"unknown origins {unknown}; use {ORIGINS}")
        if self.posterior is not None and self.posterior.shape[1] != len(self.classes):
            raise InvalidSettingError(
                f"posterior has {self.posterior.shape[1]} columns for {len(self.classes)} classes"
            )

    @property
    def soft_labels(self) -> FloatArray:
        """Class probabilities of each source, (n, n_classes); hard labels as certainties."""
        if self.posterior is not None:
            return self.posterior
        return np.asarray(np.eye(len(self.classes))[class_indices(np.asarray(self.y), self.classes)])

    def part(self, keep: npt.NDArray[np.bool_]) -> "TrainingSet":
        """Some of the sources."""
        chosen = np.flatnonzero(keep)

        def of(values: Any) -> Any:
            return None if values is None else np.asarray(values)[chosen]

        return TrainingSet(
            names=of(self.names),
            X=of(self.X),
            origin=of(self.origin).tolist(),
            classes=self.classes,
            y=of(self.y),
            posterior=of(self.posterior),
            weight=of(self.weight),
        )

    def rows(self, crowd_weight: float) -> tuple[FloatArray, npt.NDArray[Any], FloatArray]:
        """Rows for a fit: each source once per class it may be, weighted by that class's probability.

        Parameters
        ----------
        crowd_weight : float
            Factor on the weight of sources labelled by the crowd.

        Returns
        -------
        X : ndarray of shape (n_rows, n_features)
        y : ndarray of shape (n_rows,)
        sample_weight : ndarray of shape (n_rows,)
        """
        weight = np.ones(len(self.names)) if self.weight is None else self.weight
        factor = np.where(np.asarray(self.origin) == "crowd", crowd_weight, 1.0)
        shares = self.soft_labels * (weight * factor)[:, None]
        source, k = np.nonzero(shares > LEAST_WEIGHT)
        return np.asarray(self.X)[source], np.asarray(self.classes)[k], shares[source, k]


@dataclass(frozen=True)
class ReferenceSet:
    """Sources that judge: labelled by the literature, held out of every training.

    Parameters
    ----------
    names : sequence of str of length n
        Catalogue names, all of them held out by `is_held_out`.
    X : ndarray of shape (n, n_features)
        Feature table; NaN = missing.
    y : sequence of class labels of length n
        True classes.
    """

    names: Sequence[str]
    X: FloatArray
    y: Sequence[Any] | npt.NDArray[Any]


def fingerprint(*parts: Any) -> str:
    """SHA-256 of tables and names: the same sources with the same labels always give the same."""
    digest = hashlib.sha256()
    for part in parts:
        array = np.asarray(part)
        content = array.tobytes() if array.dtype.kind in "fiub" else repr(array.tolist()).encode()
        digest.update(f"{array.shape}".encode() + content)
    return digest.hexdigest()
