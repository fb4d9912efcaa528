"""The classifier as published in 2022, to compare with: Tranin et al. (2022, A&A 657, A138).

Known defects of the method, kept here because they are the method: the likelihood of a value outside the
training range is 1, so that the most extreme sources look ordinary; the likelihood of a category is a mean
over its properties, so that evidence does not grow with their number; missing properties are counted one
by one although surveys miss them together; the outlier measure contains the prior and depends on how much
is missing. A defect of the public code is not kept: since February 2024 it takes the mean *number* of
measured properties for the probability that a property is measured, the same for every property.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from classifier.densities import IntArray
from classifier.features import FeatureSpec, FloatArray, resolve_specs, transform_columns

N_BINS = 99
FLOOR = 0.01  # of a bin, added to each density
EXPONENTS = (5.0, 2.0, 8.0)  # of the published code; not in the published formula
LEAST = 1e-300


class Published2022Classifier(ClassifierMixin, BaseEstimator):
    """Four weighted category likelihoods with a factor for missing values.

    P(k | x) ~ P(k) ( prod_c L_ck )^(8 / sum alpha), where category c has
    L_ck = ( prod_present P(t|k) d_tk(x_t) ( prod_missing (1 - P(t|k)) )^alpha_0 )
           ^ ( 5 alpha_c / (2 n_present + alpha_0 n_missing) ).
    P(t|k) is the share of class k in which property t is measured. Densities d are Laplace kernels of
    one bandwidth, range / (5 n^(1/5)) with n over all classes, tabulated in 99 bins.

    Parameters
    ----------
    features : sequence of FeatureSpec or None
        Description of each column; a column without category is one of its own.
    priors : mapping of class to float or None
        Class priors; None takes the class shares of the sample.
    category_weights : mapping of str to float or None
        alpha_c; absent ones count 1.
    missing_weight : float
        alpha_0, in [0, 1].

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    density_ : ndarray of shape (n_features, n_classes, 99)
        Tabulated densities, each summing to 1 before the floor.
    presence_ : ndarray of shape (n_features, n_classes)
        Probability that a property is measured.
    """

    def __init__(
        self,
        features: Sequence[FeatureSpec] | None = None,
        priors: Mapping[Any, float] | None = None,
        category_weights: Mapping[str, float] | None = None,
        missing_weight: float = 1.0,
    ) -> None:
        self.features = features
        self.priors = priors
        self.category_weights = category_weights
        self.missing_weight = missing_weight

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that NaN is welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> "Published2022Classifier":
        """Tabulate densities and count what is measured.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing.
        y : array-like of shape (n_sources,)
            Class labels.

        Returns
        -------
        Published2022Classifier
            Itself.
        """
        rows, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.features_ = resolve_specs(self.features, rows.shape[1])
        values = transform_columns(rows, self.features_)
        count = np.bincount(codes).astype(np.float64)
        given = count if self.priors is None else np.array([self.priors[k] for k in self.classes_.tolist()])
        self.class_prior_ = given / given.sum()
        present = np.stack([np.isfinite(values[codes == k]).sum(axis=0) for k in range(len(count))], axis=1)
        self.presence_ = (present + 0.001 * count) / (1.002 * count)
        fitted = [tabulate(values[:, j], codes, len(count)) for j in range(values.shape[1])]
        self.centres_ = np.array([centres for centres, _ in fitted])
        self.density_ = np.array([density for _, density in fitted])
        return self

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Posterior probabilities, (n_sources, n_classes)."""
        joint = self._log_joint(X)
        likelihood = np.exp(joint - joint.max(axis=1, keepdims=True))
        return np.asarray(likelihood / likelihood.sum(axis=1, keepdims=True))

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Most probable class of each source."""
        return np.asarray(self.classes_[self._log_joint(X).argmax(axis=1)])

    def outlier_measure(self, X: npt.ArrayLike) -> FloatArray:
        """-log10 of the largest posterior before it is normalised, (n_sources,)."""
        return np.asarray(-self._log_joint(X).max(axis=1) / np.log(10))

    def _log_joint(self, X: npt.ArrayLike) -> FloatArray:
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        values = transform_columns(rows, self.features_)
        groups = [spec.group for spec in self.features_]
        alpha = {name: float((self.category_weights or {}).get(name, 1.0)) for name in dict.fromkeys(groups)}
        score = np.zeros((len(values), len(self.classes_)))
        for name, weight in alpha.items():
            members = [j for j, group in enumerate(groups) if group == name]
            score += weight * self._category(values, members)
        return np.asarray(np.log(self.class_prior_) + score * EXPONENTS[2] / sum(alpha.values()))

    def _category(self, values: FloatArray, members: list[int]) -> FloatArray:
        total = np.zeros((len(values), len(self.classes_)))
        n_present = np.isfinite(values[:, members]).sum(axis=1)
        for j in members:
            seen = np.isfinite(values[:, j])
            total[seen] += np.log(self.presence_[j]) + np.log(self._likelihood(values[seen, j], j))
            total[~seen] += self.missing_weight * np.log(np.maximum(1 - self.presence_[j], LEAST))
        counted = EXPONENTS[1] * n_present + self.missing_weight * (len(members) - n_present)
        return np.asarray(total * (EXPONENTS[0] / np.maximum(counted, 1e-9))[:, None])

    def _likelihood(self, values: FloatArray, feature: int) -> FloatArray:
        centres, density = self.centres_[feature], self.density_[feature]
        floored = (density + FLOOR / N_BINS) / (1 + 2 * FLOOR / N_BINS)
        columns = [np.interp(values, centres, row, left=1.0, right=1.0) for row in floored]
        return np.asarray(np.maximum(np.column_stack(columns), LEAST))


def tabulate(column: FloatArray, y: IntArray, n_classes: int) -> tuple[FloatArray, FloatArray]:
    """Laplace kernel densities of one property.

    Parameters
    ----------
    column : ndarray of shape (n_sources,)
        Transformed values; NaN = missing.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    n_classes : int
        Number of classes.

    Returns
    -------
    centres : ndarray of shape (99,)
        Of the bins.
    density : ndarray of shape (n_classes, 99)
        Sum 1 per class; even where a class has no value.
    """
    seen = np.isfinite(column)
    flat = np.full((n_classes, N_BINS), 1.0 / N_BINS)
    if not seen.any() or np.ptp(column[seen]) == 0:
        return np.linspace(-1.0, 1.0, N_BINS), flat
    lo, hi = column[seen].min(), column[seen].max()
    edges = np.linspace(lo, hi, N_BINS + 1)
    centres = (edges[1:] + edges[:-1]) / 2
    bandwidth = (hi - lo) / (5 * seen.sum() ** 0.2)
    for k in range(n_classes):
        mine = column[seen & (y == k)]
        if len(mine):
            density = np.exp(-np.abs(centres[:, None] - mine) / bandwidth).sum(axis=1)
            flat[k] = density / density.sum()
    return centres, flat
