"""Neighbours on the sky are judged together."""

import numpy as np
import pytest

from classifier import ClassifierError, NaiveBayesClassifier
from classifier.evaluation import grouped_folds, repeated_cross_validated, sky_groups


def test_one_galaxy_is_one_group() -> None:
    groups = sky_groups([150.2, 150.4, 150.6, 20.0], [2.2, 2.5, 2.7, -60.0])
    assert len(set(groups[:3].tolist())) == 1
    assert groups[3] != groups[0]


def test_cells_at_the_poles_are_not_slivers() -> None:
    assert len(set(sky_groups(np.arange(0.0, 360.0, 10.0), np.full(36, 89.9)).tolist())) <= 4


def test_a_group_stays_in_one_fold_and_classes_are_shared_out() -> None:
    rng = np.random.default_rng(0)
    groups, codes = rng.integers(0, 60, 600), rng.choice(3, 600, p=[0.7, 0.2, 0.1])
    fold = grouped_folds(codes, groups, 5, rng)
    assert all(len(set(fold[groups == g].tolist())) == 1 for g in range(60))
    per_class = np.array([[np.sum(fold[codes == k] == f) for f in range(5)] for k in range(3)])
    assert np.all(per_class > 0.5 * per_class.mean(axis=1, keepdims=True))


def test_there_must_be_a_group_for_every_fold() -> None:
    with pytest.raises(ClassifierError, match="groups"):
        grouped_folds(np.array([0, 1, 0]), [1, 1, 2], 3, np.random.default_rng(0))


def test_groups_that_are_memorised_do_not_help_across_groups() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), 10)
    y = rng.integers(0, 2, 40)[groups]
    X = rng.normal(size=40)[groups][:, None] * 10 + rng.normal(size=(400, 1)) * 0.01
    model = NaiveBayesClassifier(category_weights=None)
    mixed = repeated_cross_validated(model, X, y, rng, n_repeats=1)[0].argmax(axis=1)
    apart = repeated_cross_validated(model, X, y, rng, n_repeats=1, groups=groups)[0].argmax(axis=1)
    assert (mixed == y).mean() > (apart == y).mean() + 0.1
