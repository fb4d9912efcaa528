"""A candidate is fitted, judged on held-out sources, and promoted only if it is not worse."""

from dataclasses import replace

import numpy as np
import pytest

from classifier import ClassifierError, NaiveBayesClassifier
from classifier.errors import EvaluationError, HeldOutError
from classifier.evaluation import Interval
from classifier.retraining import ReferenceSet, RetrainingConfig, TrainingSet, held_out_mask, retrain
from classifier.retraining.gate import judge, judge_first

CLASSES = ("agn", "star", "xrb")
CONFIG = RetrainingConfig(n_resamples=500)
Sets = tuple[TrainingSet, ReferenceSet]


@pytest.fixture
def sets() -> Sets:
    rng = np.random.default_rng(6)
    names = np.array([f"CLX {i}" for i in range(1200)])
    y = rng.choice(3, 1200, p=[0.6, 0.3, 0.1])
    X = rng.normal(size=(1200, 2)) + np.array([[0, 0], [2, 0], [0, 3]])[y]
    labels, held = np.array(CLASSES)[y], held_out_mask(names)
    teach = TrainingSet(names[~held], X[~held], ["literature"] * int((~held).sum()), CLASSES, y=labels[~held])
    return teach, ReferenceSet(names[held], X[held], labels[held])


def scrambled(training: TrainingSet, share: float) -> TrainingSet:
    """The same sources with a share of the labels dealt out at random."""
    rng = np.random.default_rng(1)
    y = np.asarray(training.y).copy()
    wrong = rng.random(len(y)) < share
    y[wrong] = rng.choice(CLASSES, int(wrong.sum()))
    return replace(training, y=y)


def fitted(training: TrainingSet) -> NaiveBayesClassifier:
    return NaiveBayesClassifier().fit(training.X, training.y)


def test_a_worse_candidate_is_refused(sets: Sets) -> None:
    training, reference = sets
    got = retrain(scrambled(training, 0.5), reference, fitted(training), CONFIG, np.random.default_rng(0))
    assert not got.verdict.promote
    assert got.report.candidate.log_loss > got.report.incumbent.log_loss
    assert "kept the incumbent" in got.verdict.reason


def test_a_better_candidate_is_promoted(sets: Sets) -> None:
    training, reference = sets
    got = retrain(training, reference, fitted(scrambled(training, 0.5)), CONFIG, np.random.default_rng(0))
    assert got.verdict.promote
    assert got.report.difference.high < 0


def test_an_equal_candidate_is_promoted(sets: Sets) -> None:
    training, reference = sets
    got = retrain(training, reference, fitted(training), CONFIG, np.random.default_rng(0))
    assert got.verdict.promote
    assert got.report.difference.mean == 0.0


def test_the_first_candidate_must_beat_the_priors(sets: Sets) -> None:
    training, reference = sets
    assert retrain(training, reference, None, CONFIG, np.random.default_rng(0)).verdict.promote
    useless = retrain(scrambled(training, 1.0), reference, None, CONFIG, np.random.default_rng(0))
    assert not useless.verdict.promote
    assert useless.report.incumbent is None


@pytest.mark.parametrize(
    ("interval", "promote"),
    [
        ((0.02, 0.01, 0.03), False),
        ((0.02, -0.01, 0.05), False),
        ((0.004, -0.01, 0.02), True),
        ((0.0001, 0.00005, 0.0002), True),
        ((-1, -2, 0), True),
    ],
)
def test_the_gate_follows_its_rule(interval: tuple[float, float, float], promote: bool) -> None:
    assert judge(Interval(*interval, 0.95), margin=0.005).promote is promote


def test_the_first_gate_wants_proof() -> None:
    assert not judge_first(Interval(-0.1, -0.3, 0.01, 0.95)).promote


def test_a_held_out_source_never_trains(sets: Sets) -> None:
    training, reference = sets
    names = [*list(training.names)[:-1], reference.names[0]]
    with pytest.raises(HeldOutError, match=str(reference.names[0])):
        retrain(replace(training, names=names), reference, None, CONFIG, np.random.default_rng(0))


def test_a_source_that_may_have_trained_never_judges(sets: Sets) -> None:
    training, reference = sets
    names = [training.names[0], *list(reference.names)[1:]]
    with pytest.raises(HeldOutError, match="not held out"):
        retrain(training, replace(reference, names=names), None, CONFIG, np.random.default_rng(0))


def test_nobody_to_judge_is_an_error(sets: Sets) -> None:
    nobody = ReferenceSet([], np.empty((0, 2)), [])
    with pytest.raises(EvaluationError, match="held-out"):
        retrain(sets[0], nobody, None, CONFIG, np.random.default_rng(0))


def test_the_incumbent_is_left_as_it_was(sets: Sets) -> None:
    training, reference = sets
    incumbent = fitted(training)
    before = incumbent.predict_proba(reference.X)
    retrain(scrambled(training, 0.3), reference, incumbent, CONFIG, np.random.default_rng(0))
    np.testing.assert_array_equal(incumbent.predict_proba(reference.X), before)


def test_a_new_class_in_the_reference_set_is_no_obstacle(sets: Sets) -> None:
    training, reference = sets
    y = np.asarray(reference.y).astype("U8")
    y[0] = "cv"
    got = retrain(training, replace(reference, y=y), fitted(training), CONFIG, np.random.default_rng(0))
    assert got.report.candidate.classes == ("agn", "cv", "star", "xrb")


def test_soft_labels_become_weighted_rows() -> None:
    X, posterior = np.array([[1.0], [2.0]]), np.array([[0.75, 0.25], [0.0, 1.0]])
    soft = TrainingSet(["a", "b"], X, ["crowd", "verdict"], ("agn", "star"), posterior=posterior)
    rows, y, weight = soft.rows(crowd_weight=0.5)
    assert rows[:, 0].tolist() == [1.0, 1.0, 2.0]
    assert y.tolist() == ["agn", "star", "star"]
    assert weight.tolist() == [0.375, 0.125, 1.0]


def test_soft_and_hard_certainties_teach_the_same(sets: Sets) -> None:
    training, reference = sets
    soft = replace(training, y=None, posterior=training.soft_labels)
    hard = retrain(training, reference, None, CONFIG, np.random.default_rng(0))
    same = retrain(soft, reference, None, CONFIG, np.random.default_rng(0))
    np.testing.assert_array_equal(
        same.candidate.predict_proba(reference.X), hard.candidate.predict_proba(reference.X)
    )


@pytest.mark.parametrize(
    "change", [{"origin": ["guess"]}, {"y": None}, {"posterior": np.ones((1, 2))}, {"weight": np.ones(3)}]
)
def test_it_refuses_a_training_set_that_contradicts_itself(change: dict[str, object]) -> None:
    good = TrainingSet(["a"], np.zeros((1, 1)), ["crowd"], ("agn", "star"), y=["agn"])
    with pytest.raises(ClassifierError):
        replace(good, **change)
