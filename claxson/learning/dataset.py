"""What a model learns from and is judged by: literature labels and the crowd's posteriors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.criteria import CRITERIA
from classifier.retraining import ReferenceSet, TrainingSet, is_held_out
from claxson.catalogue.models import Source
from claxson.learning.teaching import CLASSES, lesson
from claxson.voting.models import Consensus, Label, QueueEntry

FEATURE_NAMES = tuple(spec.name for spec in CRITERIA)


@dataclass(frozen=True)
class Example:
    """One labelled source: `posterior` over CLASSES sums to 1, `weight` is how far the label is trusted."""

    name: str
    features: Mapping[str, float | None]
    posterior: tuple[float, ...]
    weight: float
    origin: str


@dataclass(frozen=True)
class Dataset:
    """Training and reference sources never overlap."""

    training: TrainingSet
    reference: ReferenceSet
    simulated: bool

    @property
    def crowd_names(self) -> list[str]:
        """The sources that train because volunteers looked at them."""
        pairs = zip(self.training.names, self.training.origin, strict=True)
        return [name for name, origin in pairs if origin != "literature"]


def feature_matrix(rows: Sequence[Mapping[str, float | None]]) -> np.ndarray:
    """(n, p) of the criteria in their order; missing is NaN."""
    table = [[row.get(name) for name in FEATURE_NAMES] for row in rows]
    return np.array(table, dtype=float).reshape(len(rows), len(FEATURE_NAMES))


def build_dataset() -> Dataset:
    """All labels there are, split by the hash of the source's name."""
    labels = Label.objects.select_related("source", "source__consensus")
    training: list[Example] = []
    reference: list[Example] = []
    for label in labels.iterator():
        seen_by_crowd = hasattr(label.source, "consensus")
        if not is_held_out(label.source.name):
            training.append(literature_example(label))
        elif not seen_by_crowd:
            reference.append(literature_example(label))
    decided = Consensus.objects.filter(source__label=None).select_related("source", "source__queue_entry")
    training.extend(crowd_examples(decided.exclude(source__queue_entry__state=QueueEntry.State.REVIEW)))
    return Dataset(training_set(training), reference_set(reference), simulated=_any_simulated())


def literature_example(label: Label) -> Example:
    posterior = tuple(float(cls == label.source_class) for cls in CLASSES)
    return Example(label.source.name, label.source.features, posterior, 1.0, "literature")


def crowd_examples(decided: Iterable[Consensus]) -> Iterable[Example]:
    """Closed sources; what the crowd doubts weighs that much less.

    What waits for review does not train; where astronomers have spoken, their verdict does.
    """
    for consensus in decided:
        believed = {consensus.verdict: 1.0} if consensus.verdict else consensus.posterior or {}
        shares, trust = lesson(believed)
        if trust > 0 and not is_held_out(consensus.source.name):
            origin = "verdict" if consensus.verdict else "crowd"
            yield Example(consensus.source.name, consensus.source.features, shares, trust, origin)


def training_set(examples: Sequence[Example]) -> TrainingSet:
    return TrainingSet(
        names=tuple(e.name for e in examples),
        X=feature_matrix([e.features for e in examples]),
        posterior=np.array([e.posterior for e in examples]).reshape(len(examples), len(CLASSES)),
        weight=np.array([e.weight for e in examples]),
        origin=tuple(e.origin for e in examples),
        classes=CLASSES,
    )


def reference_set(examples: Sequence[Example]) -> ReferenceSet:
    winners = [CLASSES[int(np.argmax(e.posterior))] for e in examples]
    return ReferenceSet(
        names=tuple(e.name for e in examples),
        X=feature_matrix([e.features for e in examples]),
        y=np.array(winners),
    )


def class_priors(training: TrainingSet) -> dict[str, float]:
    """Class shares in the literature: what the crowd is shown is chosen, not typical."""
    literature = np.array([origin == "literature" for origin in training.origin], dtype=bool)
    counts = training.soft_labels[literature].sum(axis=0) + 1.0
    return dict(zip(CLASSES, (counts / counts.sum()).tolist(), strict=True))


def _any_simulated() -> bool:
    labels = Source.objects.filter(simulated=True, label__isnull=False)
    votes = Source.objects.filter(consensus__isnull=False, votes__voter__simulated_name__gt="")
    return labels.exists() or votes.exists()
