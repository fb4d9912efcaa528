"""How much the crowd's labels count beside those of the literature."""

import numpy as np
from sklearn.base import clone

from classifier.evaluation import aligned, log_losses, stratified_folds
from classifier.naive_bayes import NaiveBayesClassifier
from classifier.retraining.labelled_sets import TrainingSet

N_FOLDS = 3
LEAST_JUDGES = 30  # literature sources; with fewer the choice would be chance


def choose_crowd_weight(
    training: TrainingSet,
    model: NaiveBayesClassifier,
    offered: float | tuple[float, ...],
    rng: np.random.Generator,
) -> float:
    """The weight of the crowd's labels that serves unseen literature sources best.

    The literature sources of the training set are left out in turn, and judged by a model that learned
    from the others and from the crowd. The held-out reference sources take no part: they judge the outcome.

    Parameters
    ----------
    training : TrainingSet
        Sources that teach.
    model : NaiveBayesClassifier
        Cloned for each fit.
    offered : float or tuple of float
        Weights to choose from; a single one is taken as it is.
    rng : numpy.random.Generator
        Deals the sources to the folds.

    Returns
    -------
    float
        The middle one of those offered where there is nothing to choose by.
    """
    weights = sorted(offered) if isinstance(offered, tuple) else [offered]
    origin = np.asarray(training.origin)
    judges = np.flatnonzero(origin != "crowd")
    if len(weights) == 1 or len(judges) < LEAST_JUDGES or not (origin == "crowd").any():
        return float(weights[len(weights) // 2])
    truth = training.soft_labels[judges].argmax(axis=1)
    fold = stratified_folds(truth, N_FOLDS, rng)
    losses = [_loss(training, model, weight, (judges, truth, fold)) for weight in weights]
    return float(weights[int(np.argmin(losses))])


def _loss(
    training: TrainingSet,
    model: NaiveBayesClassifier,
    weight: float,
    judged: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> float:
    judges, truth, fold = judged
    total = 0.0
    for k in range(N_FOLDS):
        left_out = judges[fold == k]
        keep = np.ones(len(training.names), dtype=bool)
        keep[left_out] = False
        X, y, weights = training.part(keep).rows(weight)
        fitted = clone(model).set_params(priors=None).fit(X, y, sample_weight=weights)
        proba = aligned(
            fitted.predict_proba(np.asarray(training.X)[left_out]), fitted.classes_, training.classes
        )
        total += float(log_losses(truth[fold == k], proba).sum())
    return total
