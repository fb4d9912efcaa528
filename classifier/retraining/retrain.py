"""Fit a candidate with the new labels, and let it replace the incumbent only if it is not worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classifier.densities import DensityConfig
from classifier.errors import EvaluationError, HeldOutError
from classifier.evaluation import (
    Interval,
    Metrics,
    aligned,
    class_indices,
    evaluate,
    log_losses,
    paired_bootstrap,
)
from classifier.features import FeatureSpec, FloatArray
from classifier.naive_bayes import NaiveBayesClassifier
from classifier.retraining.crowd_weight import choose_crowd_weight
from classifier.retraining.gate import Verdict, judge, judge_first
from classifier.retraining.held_out import DEFAULT_SALT, DEFAULT_SHARE, held_out_mask
from classifier.retraining.labelled_sets import ORIGINS, ReferenceSet, TrainingSet, fingerprint


@dataclass(frozen=True)
class RetrainingConfig:
    """Settings of one retraining.

    Parameters
    ----------
    features : sequence of FeatureSpec or None
        Description of the columns.
    priors : mapping of class to float or None
        Class priors of the candidate; None takes the shares of the training set.
    crowd_weight : float or tuple of float
        Weight of a source labelled by the crowd, relative to one from the literature; of several, the one
        under which literature sources that were left out of the fit are told apart best.
    margin : float
        Largest mean loss, in nats per source, that a candidate may add by mere chance.
    held_out_share, held_out_salt
        The split, as in `is_held_out`.
    density : DensityConfig
        How the densities are made.
    n_resamples : int
        Resamples of the paired bootstrap.
    """

    features: Sequence[FeatureSpec] | None = None
    priors: Mapping[Any, float] | None = None
    crowd_weight: float | tuple[float, ...] = (0.3, 0.6, 1.0)
    margin: float = 0.005
    held_out_share: float = DEFAULT_SHARE
    held_out_salt: str = DEFAULT_SALT
    density: DensityConfig = field(default_factory=DensityConfig)
    n_resamples: int = 2000


@dataclass(frozen=True)
class RetrainingReport:
    """What was trained on what, and how it fared on the held-out sources.

    Attributes
    ----------
    candidate : Metrics
        On the held-out sources.
    incumbent : Metrics or None
        On the same sources; None without an incumbent.
    difference : Interval
        Of the mean log-loss of the candidate minus that of the incumbent (or of the priors alone).
    n_training : dict of str to int
        Sources per origin of their label.
    class_weight : dict of class to float
        Sum of the weights per class.
    crowd_weight : float
        Weight of the crowd's labels in use.
    training_sha256, reference_sha256 : str
        Hashes of the sources, properties and labels that taught and that judged.
    """

    candidate: Metrics
    incumbent: Metrics | None
    difference: Interval
    n_training: dict[str, int]
    class_weight: dict[Any, float]
    crowd_weight: float
    training_sha256: str
    reference_sha256: str


@dataclass(frozen=True)
class Retraining:
    """Outcome of a retraining.

    Attributes
    ----------
    candidate : NaiveBayesClassifier
        The newly fitted model.
    report : RetrainingReport
        The figures.
    verdict : Verdict
        The decision.
    """

    candidate: NaiveBayesClassifier
    report: RetrainingReport
    verdict: Verdict


def retrain(
    training: TrainingSet,
    reference: ReferenceSet,
    incumbent: NaiveBayesClassifier | None,
    config: RetrainingConfig,
    rng: np.random.Generator,
) -> Retraining:
    """Fit a candidate, measure it and the incumbent on the held-out sources, and decide.

    With d the candidate's log-loss minus the incumbent's on a source, the candidate is promoted when the
    95 % interval of the mean of d (paired bootstrap) reaches down to 0 or `gate.NEGLIGIBLE`, i.e. it is
    not shown to be worse, and the mean of d is not above `config.margin`. Without an incumbent it must be
    shown to be better than its own priors alone: the interval of the mean of d against them must lie below 0.

    Parameters
    ----------
    training : TrainingSet
        Sources that teach; none of them may be held out.
    reference : ReferenceSet
        Sources that judge; all of them must be held out.
    incumbent : NaiveBayesClassifier or None
        The fitted model in use, left untouched.
    config : RetrainingConfig
        Settings.
    rng : numpy.random.Generator
        Draws the resamples.

    Returns
    -------
    Retraining

    Raises
    ------
    HeldOutError
        When a held-out source would train, or one that is not held out would judge.
    EvaluationError
        When there are no reference sources.
    """
    _require_apart(training, reference, config)
    candidate = NaiveBayesClassifier(config.features, config.priors, density=config.density)
    crowd_weight = choose_crowd_weight(training, candidate, config.crowd_weight, rng)
    X, y, weight = training.rows(crowd_weight)
    candidate.fit(X, y, sample_weight=weight)
    classes = _all_classes(candidate, incumbent, reference)
    truth = class_indices(reference.y, classes)
    ours = _proba(candidate, reference, classes)
    theirs = None if incumbent is None else _proba(incumbent, reference, classes)
    rival = _priors_alone(candidate, len(truth), classes) if theirs is None else theirs
    losses = log_losses(truth, ours), log_losses(truth, rival)
    difference = paired_bootstrap(*losses, rng, n_resamples=config.n_resamples)
    report = RetrainingReport(
        candidate=evaluate(reference.y, ours, classes),
        incumbent=None if theirs is None else evaluate(reference.y, theirs, classes),
        difference=difference,
        n_training={origin: list(training.origin).count(origin) for origin in ORIGINS},
        class_weight=dict(zip(candidate.classes_.tolist(), candidate.class_count_.tolist(), strict=True)),
        crowd_weight=crowd_weight,
        training_sha256=fingerprint(training.names, training.X, training.soft_labels, training.origin),
        reference_sha256=fingerprint(reference.names, reference.X, truth, classes),
    )
    verdict = judge_first(difference) if incumbent is None else judge(difference, config.margin)
    return Retraining(candidate, report, verdict)


def _require_apart(training: TrainingSet, reference: ReferenceSet, config: RetrainingConfig) -> None:
    split = config.held_out_share, config.held_out_salt
    leaked = np.asarray(training.names)[held_out_mask(training.names, *split)]
    if len(leaked):
        raise HeldOutError(
            f"{len(leaked)} held-out sources are in the training set, e.g. {leaked[0]}; leave them out"
        )
    seen = np.asarray(reference.names)[~held_out_mask(reference.names, *split)]
    if len(seen):
        raise HeldOutError(
            f"{len(seen)} reference sources are not held out, e.g. {seen[0]}; they may have trained"
        )
    if not len(reference.names):
        raise EvaluationError(
            "no held-out reference sources: a candidate cannot be judged; import more labels"
        )


def _all_classes(
    candidate: NaiveBayesClassifier, incumbent: NaiveBayesClassifier | None, reference: ReferenceSet
) -> list[Any]:
    labels = {*candidate.classes_.tolist(), *np.asarray(reference.y).tolist()}
    if incumbent is not None:
        labels |= set(incumbent.classes_.tolist())
    return sorted(labels)


def _proba(model: NaiveBayesClassifier, reference: ReferenceSet, classes: Sequence[Any]) -> FloatArray:
    return aligned(model.predict_proba(reference.X), model.classes_, classes)


def _priors_alone(model: NaiveBayesClassifier, n: int, classes: Sequence[Any]) -> FloatArray:
    return aligned(np.tile(model.class_prior_, (n, 1)), model.classes_, classes)
