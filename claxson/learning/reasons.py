"""Why the classifier says what it says of one source: the terms of its score, from the model's own file.

Not stored with predictions: they would be most of the database. A process keeps the last models it read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from classifier import NaiveBayesClassifier
from classifier.explanation import Explanation
from claxson.learning.dataset import feature_matrix
from claxson.learning.models import ModelVersion
from claxson.learning.services import UnreadableModel, load, logger

# In nats: below SILENT a term says nothing; from AUDIBLE on it speaks for a class, or against it.
SILENT = 0.005
AUDIBLE = 0.1
MODELS_KEPT = 2  # the serving one, and the one before while predictions change over


@dataclass(frozen=True)
class Reason:
    """One term: `features` it reads, the odds it adds (nats) for the best class against the second."""

    features: tuple[str, ...]
    categories: tuple[str, ...]
    log_odds: float
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


@dataclass(frozen=True)
class Lack:
    """What was not measured: the most it could add to the second class's odds (nats)."""

    feature: str
    reach: float
    could_change: bool


@dataclass(frozen=True)
class Reasons:
    """`log_odds` of `best` against `second` is `prior` plus all `reasons`, and plus all `categories`."""

    best: str
    second: str
    log_odds: float
    prior: float
    reasons: tuple[Reason, ...]
    categories: Mapping[str, float]
    lacks: tuple[Lack, ...]


def reasons_for(features: Mapping[str, float | None], version: ModelVersion) -> Reasons | None:
    """The strongest reason first; None where the model's file can no longer be read."""
    try:
        model = _model(version.sha256, version.pk)
    except UnreadableModel as error:
        logger.warning("%s; its reasons are not shown", error)
        return None
    return _reasons(model.explain(feature_matrix([features])))


@lru_cache(maxsize=MODELS_KEPT)
def _model(sha256: str, pk: int) -> NaiveBayesClassifier:
    """By the hash of its content: what is kept is never out of date."""
    return load(ModelVersion(pk=pk, sha256=sha256))


def _reasons(explained: Explanation) -> Reasons:
    names = [str(cls) for cls in explained.classes]
    best, second = int(explained.predicted[0]), int(explained.runner_up[0])
    against = [float(row[best] - row[second]) for row in explained.category_terms[0]]
    return Reasons(
        best=names[best],
        second=names[second],
        log_odds=float(explained.log_odds[0]),
        prior=float(explained.prior_log_odds[0]),
        reasons=tuple(sorted(_spoken(explained, names), key=lambda reason: -abs(reason.log_odds))),
        categories=dict(zip(explained.categories, against, strict=True)),
        lacks=_lacks(explained),
    )


def _spoken(explained: Explanation, names: list[str]) -> list[Reason]:
    """The terms that say something."""
    return [
        Reason(
            features=tuple(explained.features[j].name for j in columns),
            categories=tuple(sorted(categories)),
            log_odds=float(odds),
            speaks_for=_heard(names, row),
            speaks_against=_heard(names, -row),
        )
        for columns, categories, row, odds in zip(
            explained.term_columns,
            explained.term_categories,
            explained.terms[0],
            explained.term_log_odds[0],
            strict=True,
        )
        if abs(row).max() > SILENT
    ]


def _heard(names: list[str], evidence: Any) -> tuple[str, ...]:
    """The classes for which a term is that strong, the strongest first."""
    heard = [(-float(value), name) for name, value in zip(names, evidence, strict=True) if value >= AUDIBLE]
    return tuple(name for _, name in sorted(heard))


def _lacks(explained: Explanation) -> tuple[Lack, ...]:
    """What could add most first."""
    found = [
        Lack(spec.name, float(reach), bool(could))
        for spec, gone, reach, could in zip(
            explained.features,
            explained.missing[0],
            explained.missing_reach[0],
            explained.could_change[0],
            strict=True,
        )
        if gone
    ]
    return tuple(sorted(found, key=lambda lack: -lack.reach))
