"""scikit-learn's own contract for estimators."""

from collections.abc import Callable

from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifier import NaiveBayesClassifier


@parametrize_with_checks([NaiveBayesClassifier(), NaiveBayesClassifier(category_weights=None)])
def test_it_meets_the_contract_of_scikit_learn(
    estimator: BaseEstimator, check: Callable[[BaseEstimator], None]
) -> None:
    check(estimator)
