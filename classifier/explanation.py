"""Why a source got its class: the terms of its score, read as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.densities import IntArray
from classifier.features import FeatureSpec, FloatArray
from classifier.terms.stack import TermStack


@dataclass(frozen=True)
class TermNames:
    """Which terms there are and what they read.

    Attributes
    ----------
    features : tuple of FeatureSpec
        One per property.
    names : tuple of str
        Of the terms: every property in the order of the columns, then pairs, detections and patterns.
    source : tuple of int
        For each name, the number of the fitted term; -1 for a property that tells nothing.
    columns : tuple of tuple of int
        Columns that each term reads.
    """

    features: tuple[FeatureSpec, ...]
    names: tuple[str, ...]
    source: tuple[int, ...]
    columns: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, stack: TermStack, features: Sequence[FeatureSpec]) -> "TermNames":
        """Name the terms of a fitted stack."""
        surveys = stack.presence.surveys
        own = {term.a: t for t, term in enumerate(stack.terms) if term.kind == "property"}
        joint = [t for t, term in enumerate(stack.terms) if term.kind != "property"]
        return cls(
            tuple(features),
            (*(s.name for s in features), *(stack.terms[t].name(features, surveys) for t in joint)),
            (*(own.get(j, -1) for j in range(len(features))), *joint),
            (*((j,) for j in range(len(features))), *(stack.terms[t].columns(surveys) for t in joint)),
        )


@dataclass(frozen=True)
class Explanation:
    """Terms of the scores of n sources; all in nats (natural logarithms).

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        Class labels.
    features : tuple of FeatureSpec
        One per property.
    term_names : tuple of str
        Every property in the order of the columns, then pairs, detections and patterns.
    term_columns : tuple of tuple of int
        Columns that each term reads.
    terms : ndarray of shape (n_sources, n_terms, n_classes)
        Weighted evidence of each term for each class; 0 where it is missing.
    log_prior : ndarray of shape (n_classes,)
        Logarithm of the priors.
    missing : ndarray of bool of shape (n_sources, n_features)
        Where a property was not measured (or not usable, as a ratio <= 0 under a logarithm).
    predicted, runner_up : ndarray of int of shape (n_sources,)
        Indices into `classes` of the best and the second class (equal when there is one class only).
    reach : ndarray of shape (n_features, n_classes, n_classes)
        The most that any value of a property can add to the odds of the first class against the second.
    """

    classes: npt.NDArray[Any]
    features: tuple[FeatureSpec, ...]
    term_names: tuple[str, ...]
    term_columns: tuple[tuple[int, ...], ...]
    terms: FloatArray
    log_prior: FloatArray
    missing: npt.NDArray[np.bool_]
    predicted: IntArray
    runner_up: IntArray
    reach: FloatArray

    @property
    def score(self) -> FloatArray:
        """Log prior plus all terms, (n_sources, n_classes)."""
        return np.asarray(self.log_prior + self.terms.sum(axis=1))

    @property
    def term_log_odds(self) -> FloatArray:
        """What each term adds to the odds of best against runner-up, (n_sources, n_terms)."""
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
    def term_categories(self) -> tuple[frozenset[str], ...]:
        """Categories that each term reads."""
        groups = [spec.group for spec in self.features]
        return tuple(frozenset(groups[j] for j in columns) for columns in self.term_columns)

    @property
    def category_terms(self) -> FloatArray:
        """Terms added up by category, (n_sources, n_categories, n_classes).

        A term that reads several categories is shared among them evenly, so that all add up.
        """
        share = [[(name in own) / len(own) for own in self.term_categories] for name in self.categories]
        return np.asarray(np.einsum("ct,itk->ick", np.array(share, dtype=np.float64), self.terms))

    @property
    def without_category(self) -> IntArray:
        """Class index that would win without whatever reads one category, (n_sources, n_categories)."""
        reads = [[name in own for own in self.term_categories] for name in self.categories]
        gone = np.einsum("ct,itk->ick", np.array(reads, dtype=np.float64), self.terms)
        return np.asarray((self.score[:, None, :] - gone).argmax(axis=2))

    @property
    def missing_reach(self) -> FloatArray:
        """The most that a missing property could add to the runner-up's odds, (n_sources, n_features).

        0 where the property was measured.
        """
        against = self.reach[:, self.runner_up, self.predicted].T
        return np.where(self.missing, against, 0.0)

    @property
    def could_change(self) -> npt.NDArray[np.bool_]:
        """Where measuring one missing property could make the runner-up win, (n_sources, n_features)."""
        return np.asarray(self.missing & (self.missing_reach > self.log_odds[:, None]))

    def missing_names(self, row: int) -> tuple[str, ...]:
        """Names of the properties that source `row` lacks."""
        return tuple(spec.name for spec, gone in zip(self.features, self.missing[row], strict=True) if gone)


def build_explanation(
    fitted: FloatArray,
    log_prior: FloatArray,
    missing: npt.NDArray[np.bool_],
    classes: npt.NDArray[Any],
    terms: tuple[TermNames, Mapping[int, FloatArray]],
) -> Explanation:
    """Put the terms of some sources into an explanation.

    Parameters
    ----------
    fitted : ndarray of shape (n_sources, n_fitted, n_classes)
        Weighted evidence of the fitted terms in nats.
    log_prior : ndarray of shape (n_classes,)
        Logarithm of the priors.
    missing : ndarray of bool of shape (n_sources, n_features)
        True where there was nothing to look up.
    classes : ndarray of shape (n_classes,)
        Class labels.
    terms : TermNames and mapping of int to ndarray of shape (n_classes, n_classes)
        What the fitted terms are, and how far each column reaches.

    Returns
    -------
    Explanation
    """
    names, reach = terms
    silent = np.zeros((len(fitted), 1, len(classes)))
    found = np.concatenate([fitted, silent], axis=1)[:, list(names.source)]
    ranked = np.argsort(-(log_prior + found.sum(axis=1)), axis=1, kind="stable")
    second = min(1, len(classes) - 1)
    return Explanation(
        classes,
        names.features,
        names.names,
        names.columns,
        found,
        log_prior,
        missing,
        ranked[:, 0],
        ranked[:, second],
        _reach(names, reach, len(classes)),
    )


def _reach(names: TermNames, reach: Mapping[int, FloatArray], n_classes: int) -> FloatArray:
    nothing = np.zeros((n_classes, n_classes))
    return np.stack([reach.get(j, nothing) for j in range(len(names.features))])
