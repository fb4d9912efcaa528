"""Why a source got its class: the terms of its score, read as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.densities import IntArray
from classifier.features import FeatureSpec, FloatArray


@dataclass(frozen=True)
class Explanation:
    """Terms of the scores of n sources; all in nats (natural logarithms).

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        Class labels.
    features : tuple of FeatureSpec
        One per property.
    terms : ndarray of shape (n_sources, n_features, n_classes)
        Weighted evidence of each property for each class; 0 where it is missing.
    log_prior : ndarray of shape (n_classes,)
        Logarithm of the priors.
    missing : ndarray of bool of shape (n_sources, n_features)
        Where a property was not measured (or not usable, as a ratio <= 0 under a logarithm).
    predicted, runner_up : ndarray of int of shape (n_sources,)
        Indices into `classes` of the best and the second class (equal when there is one class only).
    """

    classes: npt.NDArray[Any]
    features: tuple[FeatureSpec, ...]
    terms: FloatArray
    log_prior: FloatArray
    missing: npt.NDArray[np.bool_]
    predicted: IntArray
    runner_up: IntArray

    @property
    def score(self) -> FloatArray:
        """Log prior plus all terms, (n_sources, n_classes)."""
        return np.asarray(self.log_prior + self.terms.sum(axis=1))

    @property
    def term_log_odds(self) -> FloatArray:
        """What each property adds to the odds of best against runner-up, (n_sources, n_features)."""
        rows = np.arange(len(self.terms))
        return np.asarray(self.terms[rows, :, self.predicted] - self.terms[rows, :, self.runner_up])

    @property
    def prior_log_odds(self) -> FloatArray:
        """What the priors add to the same odds, (n_sources,)."""
        return np.asarray(self.log_prior[self.predicted] - self.log_prior[self.runner_up])

    @property
    def log_odds(self) -> FloatArray:
        """Log-odds of the best class against the runner-up, (n_sources,): priors and terms added up."""
        return np.asarray(self.prior_log_odds + self.term_log_odds.sum(axis=1))

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the groups of properties, in order of appearance."""
        return tuple(dict.fromkeys(spec.group for spec in self.features))

    @property
    def category_terms(self) -> FloatArray:
        """Terms added up within each category, (n_sources, n_categories, n_classes)."""
        groups = [spec.group for spec in self.features]
        member = np.array([[group == name for group in groups] for name in self.categories], dtype=np.float64)
        return np.asarray(np.einsum("ct,itk->ick", member, self.terms))

    @property
    def without_category(self) -> IntArray:
        """Class index that would win if one category were left out, (n_sources, n_categories)."""
        return np.asarray((self.score[:, None, :] - self.category_terms).argmax(axis=2))

    def missing_names(self, row: int) -> tuple[str, ...]:
        """Names of the properties that source `row` lacks."""
        return tuple(spec.name for spec, gone in zip(self.features, self.missing[row], strict=True) if gone)


def build_explanation(
    terms: FloatArray,
    log_prior: FloatArray,
    missing: npt.NDArray[np.bool_],
    classes: npt.NDArray[Any],
    features: Sequence[FeatureSpec],
) -> Explanation:
    """Put the terms of some sources into an explanation.

    Parameters
    ----------
    terms : ndarray of shape (n_sources, n_features, n_classes)
        Weighted evidence in nats.
    log_prior : ndarray of shape (n_classes,)
        Logarithm of the priors.
    missing : ndarray of bool of shape (n_sources, n_features)
        True where there was nothing to look up.
    classes : ndarray of shape (n_classes,)
        Class labels.
    features : sequence of FeatureSpec
        One per property.

    Returns
    -------
    Explanation
    """
    ranked = np.argsort(-(log_prior + terms.sum(axis=1)), axis=1, kind="stable")
    second = min(1, len(classes) - 1)
    return Explanation(classes, tuple(features), terms, log_prior, missing, ranked[:, 0], ranked[:, second])
