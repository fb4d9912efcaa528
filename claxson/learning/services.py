"""Writes on models and predictions: a retraining is one candidate, one verdict, and at most one promotion."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from classifier import NaiveBayesClassifier
from classifier.criteria import CRITERIA
from classifier.errors import ClassifierError
from classifier.model_files import load_model, save_model
from classifier.retraining import Retraining, RetrainingConfig
from classifier.retraining import retrain as fit_and_judge
from claxson.catalogue.models import Source
from claxson.core.errors import ClaxsonError
from claxson.learning.dataset import Dataset, build_dataset, class_priors, feature_matrix
from claxson.learning.models import ModelVersion, Prediction
from claxson.learning.reports import as_json
from claxson.learning.selectors import serving_model
from claxson.voting.aggregation.runs import aggregate_all
from claxson.voting.models import QueueEntry
from claxson.voting.rules.assignment import interest
from claxson.voting.services.closing import enter_training_set
from claxson.voting.services.queueing import set_interests

logger = logging.getLogger(__name__)

RETRAINING_LOCK = 0x434C5831  # one retraining at a time, whoever asks
CHUNK = 20_000
SEED = 20221122


class NothingToLearnFrom(ClaxsonError):
    """There are too few labels to fit and judge a model."""

    code = "nothing_to_learn_from"


class UnreadableModel(ClaxsonError):
    """The file of a model is lost, damaged, or of a schema that is no longer read."""

    code = "unreadable_model"


class RetrainingUnderWay(ClaxsonError):
    """Another process is retraining at this moment."""

    code = "retraining_under_way"
    permanent = False


@dataclass(frozen=True)
class RetrainingOutcome:
    """What a retraining came to."""

    version: ModelVersion
    promoted: bool
    reason: str
    n_predicted: int


def retrain(*, trigger: str) -> RetrainingOutcome:
    """Fit a candidate on all labels, judge it on untouched reference sources, promote it if it is not worse.

    One transaction: a process killed in the middle leaves the serving model, its predictions and the queue as
    they were. (A model file written before the kill lies under its own hash and harms nothing.) The votes are
    aggregated in one of its own: whoever votes waits for what that writes, and must not wait for the fit.
    """
    aggregate_all()
    with transaction.atomic():
        _lock()
        dataset = build_dataset()
        incumbent = serving_model()
        outcome = _candidate(dataset, incumbent)
        version = _store(outcome, dataset, incumbent, trigger)
        n_predicted = predict_all(version, outcome.candidate) if outcome.verdict.promote else 0
    logger.info("%s: %s (%s)", version, outcome.verdict.reason, trigger)
    return RetrainingOutcome(version, outcome.verdict.promote, outcome.verdict.reason, n_predicted)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [RETRAINING_LOCK])
        if not cursor.fetchone()[0]:
            raise RetrainingUnderWay("a retraining is under way; try again when it has ended")


def _candidate(dataset: Dataset, incumbent: ModelVersion | None) -> Retraining:
    try:
        return fit_and_judge(
            dataset.training,
            dataset.reference,
            readable(incumbent),
            RetrainingConfig(features=CRITERIA, priors=class_priors(dataset.training)),
            np.random.default_rng(SEED),
        )
    except ClassifierError as error:
        raise NothingToLearnFrom(f"no model could be fitted: {error}") from error


def readable(incumbent: ModelVersion | None) -> NaiveBayesClassifier | None:
    """The incumbent, unless its file is lost or of another schema: then the priors must be beaten."""
    if incumbent is None:
        return None
    try:
        return load(incumbent)
    except UnreadableModel as error:
        logger.warning("%s; a candidate is judged as a first model is", error)
        return None


def load(version: ModelVersion) -> NaiveBayesClassifier:
    """The fitted model of that version."""
    try:
        return load_model(settings.MODEL_ROOT, version.sha256)[0]
    except ClassifierError as error:
        raise UnreadableModel(f"{version} cannot be loaded: {error}") from error


def _store(
    outcome: Retraining, dataset: Dataset, incumbent: ModelVersion | None, trigger: str
) -> ModelVersion:
    origins = list(dataset.training.origin)
    report = as_json({"verdict": outcome.verdict, "report": outcome.report})
    card = {"origins": {o: origins.count(o) for o in sorted(set(origins))}, "simulated": dataset.simulated}
    file = save_model(outcome.candidate, settings.MODEL_ROOT, card)
    if outcome.verdict.promote and incumbent is not None:
        ModelVersion.objects.filter(pk=incumbent.pk).update(state=ModelVersion.State.RETIRED)
    state = ModelVersion.State.SERVING if outcome.verdict.promote else ModelVersion.State.REFUSED
    version = ModelVersion.objects.create(
        sha256=file.sha256,
        state=state,
        report=report,
        n_literature=origins.count("literature"),
        n_crowd=len(dataset.crowd_names),
        trigger=trigger,
        simulated=dataset.simulated,
        created_at=timezone.now(),
    )
    enter_training_set(names=dataset.crowd_names, version=version.pk)
    return version


@transaction.atomic
def predict_with_serving_model() -> int:
    """Predict every source with the model that serves; none where there is no model yet."""
    version = serving_model()
    return predict_all(version, load(version)) if version else 0


def predict_all(version: ModelVersion, model: NaiveBayesClassifier) -> int:
    """Predict every source anew, then say how much each queued source is worth looking at."""
    scores: dict[int, float] = {}
    probabilities: dict[int, dict[str, float]] = {}
    n_predicted = 0
    queued = set(QueueEntry.objects.values_list("pk", flat=True))
    for rows in _chunks():
        predictions = _predictions(version, model, rows)
        Prediction.objects.bulk_create(
            predictions,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["source"],
            update_fields=["model", "probabilities", "best", "outlier_score"],
        )
        n_predicted += len(predictions)
        for p in predictions:
            if p.source_id in queued:
                probabilities[p.source_id] = p.probabilities
                scores[p.source_id] = p.outlier_score or 0.0
    set_interests(interests=_interests(probabilities, scores))
    return n_predicted


def _chunks() -> Iterator[list[tuple[int, dict[str, float | None]]]]:
    rows = Source.objects.order_by("pk").values_list("pk", "features").iterator(chunk_size=CHUNK)
    chunk: list[tuple[int, dict[str, float | None]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _predictions(
    version: ModelVersion, model: NaiveBayesClassifier, rows: list[tuple[int, dict[str, float | None]]]
) -> list[Prediction]:
    X = feature_matrix([features for _, features in rows])
    proba = model.predict_proba(X)
    outliers = model.outlier_score(X)
    names = [str(cls) for cls in model.classes_]
    return [
        Prediction(
            source_id=pk,
            model=version,
            probabilities={cls: round(float(p), 6) for cls, p in zip(names, row, strict=True)},
            best=names[int(np.argmax(row))],
            outlier_score=float(outlier) if np.isfinite(outlier) else None,
        )
        for (pk, _), row, outlier in zip(rows, proba, outliers, strict=True)
    ]


def _interests(probabilities: dict[int, dict[str, float]], scores: dict[int, float]) -> dict[int, float]:
    """The outlier score enters by its rank: its scale means nothing across models."""
    ranked = sorted(scores, key=lambda pk: scores[pk])
    top = max(len(ranked) - 1, 1)
    rank = {pk: i / top for i, pk in enumerate(ranked)}
    return {pk: interest(p, rank[pk]) for pk, p in probabilities.items()}
