"""Classes of X-ray sources from their properties and from votes; pure numpy, scipy and scikit-learn."""

from classifier.criteria import CRITERIA
from classifier.densities import DensityConfig
from classifier.errors import ClassifierError
from classifier.explanation import Explanation
from classifier.features import FeatureSpec
from classifier.naive_bayes import NaiveBayesClassifier
from classifier.weighting import WeightingConfig

__version__ = "0.1.0"

__all__ = [
    "CRITERIA",
    "ClassifierError",
    "DensityConfig",
    "Explanation",
    "FeatureSpec",
    "NaiveBayesClassifier",
    "WeightingConfig",
]
