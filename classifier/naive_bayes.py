"""Naive Bayes over kernel densities: weighted evidence of properties, pairs and patterns of detection."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from classifier.adaptation.priors import reweigh
from classifier.densities import DensityConfig, IntArray
from classifier.errors import InvalidSettingError
from classifier.explanation import Explanation, TermNames, build_explanation
from classifier.features import FeatureSpec, FloatArray, resolve_specs, transform_columns
from classifier.terms.learning import Learned, Sample, learn_terms, plain_terms
from classifier.terms.scoring import Scorer
from classifier.terms.stack import place_columns
from classifier.typicality import fit_typicality
from classifier.weighting import WeightingConfig

Priors = Mapping[Any, float] | Sequence[float] | npt.NDArray[np.float64]


class NaiveBayesClassifier(ClassifierMixin, BaseEstimator):
    """Classify sources by adding up what each of their properties says.

    score_k = log prior_k + sum_t w_tk log( p(x_t | k) / p(x_t) ), after Tranin et al. (2022, A&A 657,
    A138), with these differences: the score is additive, so evidence grows with the number of measured
    properties; a missing value adds nothing by itself, but which surveys detected the source is one term
    where that tells classes apart; some pairs of properties get a term for what they say beyond each
    alone; densities are shrunk to the pooled one, so a class of few sources cannot claim much; weights
    are learned by a convex fit on leave-one-out evidence; a value beyond the training range has the
    evidence of the range's end.

    Parameters
    ----------
    features : sequence of FeatureSpec or None
        Description of each column of X; None takes every column as it stands.
    priors : mapping of class to float, sequence of float in the order of `classes_`, or None
        Class priors, positive, normalised here; None takes the class shares of the sample.
    category_weights : "auto", mapping of category to float, or None
        Learned weights, pairs and patterns; or properties alone, with the given weight for each category
        (a property without category goes by its own name, absent ones count 1); or all 1.
    density : DensityConfig or None
        How the densities are made; None takes the defaults.
    weighting : WeightingConfig or None
        How pairs are chosen and weights learned; None takes the defaults.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    n_features_in_ : int
        Number of columns.
    features_ : tuple of FeatureSpec
        Description of each column.
    class_prior_ : ndarray of shape (n_classes,)
        Priors in use.
    class_count_ : ndarray of shape (n_classes,)
        Sum of the weights of each class.
    feature_weights_ : ndarray of shape (n_features,)
        Weight of each column's own term, shared by the classes; 1 where a column tells nothing.
    term_weights_ : ndarray of shape (n_terms, n_classes)
        Weight of each term for each class.
    terms_ : TermStack
        The terms and their evidence.
    scorer_ : Scorer
        The same, weighted, ready to look up.
    typicality_ : Typicality
        What is usual in each class, for the outlier score.

    Examples
    --------
    >>> import numpy as np
    >>> from classifier import NaiveBayesClassifier
    >>> hardness = np.array([[-0.9], [-0.8], [-0.7], [0.5], [0.6], [np.nan]])
    >>> model = NaiveBayesClassifier().fit(hardness, ["star", "star", "star", "agn", "agn", "agn"])
    >>> model.predict([[-0.75], [0.55]]).tolist()
    ['star', 'agn']
    """

    def __init__(
        self,
        features: Sequence[FeatureSpec] | None = None,
        priors: Priors | None = None,
        category_weights: str | Mapping[str, float] | None = "auto",
        density: DensityConfig | None = None,
        weighting: WeightingConfig | None = None,
    ) -> None:
        self.features = features
        self.priors = priors
        self.category_weights = category_weights
        self.density = density
        self.weighting = weighting

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that NaN is welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> "NaiveBayesClassifier":
        """Learn densities, weights and priors.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            Values in the units of `features`; NaN = missing, no evidence. Left untouched.
        y : array-like of shape (n_sources,)
            Class labels.
        sample_weight : array-like of shape (n_sources,), optional
            Weight of each source, >= 0; 2 is the same as the source given twice, 0 as left out.

        Returns
        -------
        NaiveBayesClassifier
            Itself.

        Raises
        ------
        InvalidSettingError, FeatureError
            When a setting does not fit the data.
        """
        rows, codes, weights = self._training_rows(X, y, sample_weight)
        self.features_ = resolve_specs(self.features, rows.shape[1], getattr(self, "feature_names_in_", None))
        self.class_count_ = np.bincount(codes, weights, len(self.classes_))
        self.class_prior_ = self._resolve_priors()
        sample = Sample(transform_columns(rows, self.features_), codes, weights, len(self.classes_))
        learned = self._learn(sample)
        self.scorer_ = Scorer.of(self.terms_, self.features_, self.term_weights_)
        self._fit_typicality(rows, weights, learned)
        return self

    def predict_log_proba(self, X: npt.ArrayLike, X_err: npt.ArrayLike | None = None) -> FloatArray:
        """Logarithm of `predict_proba`, exact where the probabilities underflow.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing.
        X_err : array-like of shape (n_sources, n_features), optional
            Standard deviations of X in its units; NaN or 0 = exact. They widen the densities of single
            properties; pairs are read at the measured values.

        Returns
        -------
        ndarray of shape (n_sources, n_classes)
        """
        rows = self._rows(X)
        return self.scorer_.log_posterior(rows, np.log(self.class_prior_), self._errors(X_err, rows))

    def predict_proba(self, X: npt.ArrayLike, X_err: npt.ArrayLike | None = None) -> FloatArray:
        """Posterior probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing; a source without any measurement gets the priors, unless that no survey detected
            it is evidence.
        X_err : array-like of shape (n_sources, n_features), optional
            Standard deviations of X in its units; NaN or 0 = exact. They widen the densities of single
            properties; pairs are read at the measured values.

        Returns
        -------
        ndarray of shape (n_sources, n_classes)
            Columns in the order of `classes_`; rows sum to 1.
        """
        return np.asarray(np.exp(self.predict_log_proba(X, X_err)))

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Most probable class.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing.

        Returns
        -------
        ndarray of shape (n_sources,)
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def explain(self, X: npt.ArrayLike, X_err: npt.ArrayLike | None = None) -> Explanation:
        """Show what each property said for each class.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing.
        X_err : array-like of shape (n_sources, n_features), optional
            Standard deviations of X in its units; NaN or 0 = exact. They widen the densities of single
            properties; pairs are read at the measured values.

        Returns
        -------
        Explanation
        """
        rows = self._rows(X)
        scorer = self.scorer_
        missing = np.isnan(transform_columns(rows, self.features_))
        names = TermNames.of(self.terms_, self.features_)
        return build_explanation(
            scorer.terms(rows, self._errors(X_err, rows)),
            np.log(self.class_prior_),
            missing,
            self.classes_,
            (names, scorer.reach),
        )

    def outlier_score(self, X: npt.ArrayLike) -> FloatArray:
        """How unlike the training sources each source is.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing, which makes no source unusual.

        Returns
        -------
        ndarray of shape (n_sources,)
            About 0 for the most typical, about 1 for the least typical training source, more beyond; it
            rises as a property moves further out of the range seen in training.
        """
        rows = self._rows(X)
        return self.typicality_.score(self._places(rows), self.predict_proba(rows))

    def outlier_p_value(self, X: npt.ArrayLike) -> FloatArray:
        """Chance that a source like those of training is as surprising as each of these.

        Parameters
        ----------
        X : array-like of shape (n_sources, n_features)
            NaN = missing, which makes no source unusual.

        Returns
        -------
        ndarray of shape (n_sources,)
            From 1e-5 to 1; the smaller, the less the source resembles any training source.
        """
        rows = self._rows(X)
        return self.typicality_.p_value(self._places(rows), self.predict_proba(rows))

    def _training_rows(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> tuple[FloatArray, IntArray, FloatArray]:
        rows, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(y)
        weights = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
        used = weights > 0
        if not used.any():
            raise InvalidSettingError("every sample_weight is 0; give at least one source a positive weight")
        self.classes_, codes = np.unique(np.asarray(y)[used], return_inverse=True)
        return rows[used], codes, weights[used]

    def _rows(self, X: npt.ArrayLike) -> FloatArray:
        check_is_fitted(self)
        return np.asarray(
            validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        )

    def _errors(self, X_err: npt.ArrayLike | None, rows: FloatArray) -> FloatArray | None:
        if X_err is None:
            return None
        errors = np.asarray(X_err, dtype=np.float64)
        if errors.shape != rows.shape or (errors < 0).any():
            raise InvalidSettingError(
                f"X_err must be >= 0 and of the shape of X, {rows.shape}, not {errors.shape}"
            )
        return errors

    def _places(self, rows: FloatArray) -> FloatArray:
        return place_columns(transform_columns(rows, self.features_), self.terms_.axes, self.features_)

    def _fit_typicality(self, rows: FloatArray, weights: FloatArray, learned: Learned | None) -> None:
        """On leave-one-out probabilities where there are some: on its own sample a model is too sure."""
        if learned is None:
            posterior = np.exp(self.scorer_.log_posterior(rows, np.log(self.class_prior_)))
        else:
            rows, weights = rows[learned.rows], learned.counts
            posterior = reweigh(learned.posterior, self.class_count_, self.class_prior_)
        self.typicality_ = fit_typicality(self.terms_.densities, self._places(rows), posterior, weights)

    def _resolve_priors(self) -> FloatArray:
        if self.priors is None:
            return np.asarray(self.class_count_ / self.class_count_.sum())
        priors = self._ordered_priors(self.priors)
        if priors.shape != self.classes_.shape or not np.all((priors > 0) & np.isfinite(priors)):
            raise InvalidSettingError(f"priors need one positive number for each of {self.classes_.tolist()}")
        return np.asarray(priors / priors.sum())

    def _ordered_priors(self, priors: Priors) -> FloatArray:
        if not isinstance(priors, Mapping):
            return np.asarray(priors, dtype=np.float64)
        lacking = [label for label in self.classes_.tolist() if label not in priors]
        if lacking:
            raise InvalidSettingError(f"no prior for {lacking}; give one for every class of the sample")
        return np.array([priors[label] for label in self.classes_.tolist()], dtype=np.float64)

    def _learn(self, sample: Sample) -> Learned | None:
        self.feature_weights_ = np.ones(len(self.features_))
        density = self.density or DensityConfig()
        if isinstance(self.category_weights, str):
            learned = self._learned(sample, density)
            self.terms_, self.term_weights_ = learned.stack, learned.per_class
            for term, weight in zip(learned.stack.terms, learned.shared, strict=True):
                if term.kind == "property":
                    self.feature_weights_[term.a] = weight
            return learned
        given = self._given_weights([spec.group for spec in self.features_])
        self.feature_weights_[:] = [given.get(spec.group, 1.0) for spec in self.features_]
        self.terms_ = plain_terms(sample, self.features_, density)
        of_terms = [self.feature_weights_[term.a] for term in self.terms_.terms]
        self.term_weights_ = np.repeat(np.reshape(of_terms, (-1, 1)), sample.n_classes, axis=1)
        return None

    def _given_weights(self, groups: Sequence[str]) -> dict[str, float]:
        given = dict(self.category_weights or {}) if not isinstance(self.category_weights, str) else {}
        unknown = sorted(set(given) - set(groups))
        if unknown:
            raise InvalidSettingError(
                f"weights for {unknown}, but the features belong to {sorted(set(groups))}"
            )
        if not all(np.isfinite(w) and w >= 0 for w in given.values()):
            raise InvalidSettingError(f"category weights must be finite and >= 0, not {given}")
        return given

    def _learned(self, sample: Sample, density: DensityConfig) -> Learned:
        if self.category_weights != "auto":
            raise InvalidSettingError(
                f"category_weights is {self.category_weights!r}; use 'auto', a mapping or None"
            )
        config = self.weighting or WeightingConfig()
        return learn_terms(sample, self.features_, density, config)
