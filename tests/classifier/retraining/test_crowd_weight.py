"""How much the crowd's labels count is chosen on literature sources, not on the judges."""

from dataclasses import replace

import numpy as np
import pytest

from classifier import NaiveBayesClassifier
from classifier.retraining import TrainingSet
from classifier.retraining.crowd_weight import choose_crowd_weight
from classifier.retraining.labelled_sets import fingerprint

CLASSES = ("agn", "star", "xrb")


def mixed(wrong: float) -> TrainingSet:
    """60 sources of the literature and 900 of a crowd that errs in a share of them."""
    rng = np.random.default_rng(2)
    y = rng.choice(3, 960, p=[0.5, 0.3, 0.2])
    X = rng.normal(size=(960, 2)) + np.array([[0, 0], [1.5, 0], [0, 1.5]])[y]
    called = np.where(rng.random(960) < wrong, (y + 1) % 3, y)
    called[:60] = y[:60]
    origin = ["literature"] * 60 + ["crowd"] * 900
    return TrainingSet([f"CLX {i}" for i in range(960)], X, origin, CLASSES, y=np.array(CLASSES)[called])


@pytest.mark.parametrize(("wrong", "expected"), [(0.0, 1.0), (0.95, 0.01)])
def test_a_good_crowd_counts_more_than_a_bad_one(wrong: float, expected: float) -> None:
    got = choose_crowd_weight(mixed(wrong), NaiveBayesClassifier(), (0.01, 1.0), np.random.default_rng(0))
    assert got == expected


def test_a_single_weight_is_taken_as_it_is() -> None:
    assert choose_crowd_weight(mixed(0.0), NaiveBayesClassifier(), 0.4, np.random.default_rng(0)) == 0.4


def test_without_a_crowd_there_is_nothing_to_choose() -> None:
    alone = mixed(0.0).part(np.arange(960) < 60)
    assert (
        choose_crowd_weight(alone, NaiveBayesClassifier(), (0.3, 0.6, 1.0), np.random.default_rng(0)) == 0.6
    )


def test_the_fingerprint_knows_sources_by_name_and_label() -> None:
    training = mixed(0.0)
    first = fingerprint(training.names, training.X, training.soft_labels)
    assert first == fingerprint(list(training.names), training.X.copy(), training.soft_labels)
    other = replace(training, names=["CLX other", *training.names[1:]])
    assert first != fingerprint(other.names, other.X, other.soft_labels)
