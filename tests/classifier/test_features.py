"""The feature table's columns."""

import numpy as np
import pytest

from classifier import CRITERIA, ClassifierError, FeatureSpec, NaiveBayesClassifier
from classifier.features import CATEGORIES, transform_columns


def test_there_are_fifteen_criteria_in_four_categories() -> None:
    assert len({spec.name for spec in CRITERIA}) == 15
    assert {spec.category for spec in CRITERIA} == set(CATEGORIES)


def test_galactic_latitude_counts_by_its_distance_from_the_plane() -> None:
    (latitude,) = [spec for spec in CRITERIA if spec.name == "gal_lat_deg"]
    assert transform_columns(np.array([[-30.0], [30.0]]), [latitude]).tolist() == [[30.0], [30.0]]


def test_a_logarithm_of_what_is_not_positive_is_missing() -> None:
    values = transform_columns(
        np.array([[100.0], [0.0], [-1.0], [np.nan]]), [FeatureSpec("pm", transform="log10")]
    )
    np.testing.assert_array_equal(values[:, 0], [2.0, np.nan, np.nan, np.nan])


@pytest.mark.parametrize("field", ["transform", "category", "missing"])
def test_it_refuses_a_description_it_does_not_know(field: str) -> None:
    with pytest.raises(ClassifierError, match=field):
        FeatureSpec("hr1", **{field: "nonsense"})


@pytest.mark.parametrize("specs", [[FeatureSpec("a")], [FeatureSpec("a"), FeatureSpec("a")]])
def test_it_refuses_descriptions_that_do_not_fit_the_table(specs: list[FeatureSpec]) -> None:
    with pytest.raises(ClassifierError):
        NaiveBayesClassifier(specs).fit([[0.0, 1.0], [1.0, 2.0]], [0, 1])
