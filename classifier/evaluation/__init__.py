"""How good probabilities are, measured on sources that did not train the model."""

from classifier.evaluation.bootstrap import Interval, paired_bootstrap
from classifier.evaluation.folds import (
    aligned,
    cross_validated,
    grouped_folds,
    repeated_cross_validated,
    sky_groups,
    stratified_folds,
)
from classifier.evaluation.metrics import Metrics, class_indices, evaluate, log_losses
from classifier.evaluation.reliability import ReliabilityCurve, evaluate_slices, reliability_curve

__all__ = [
    "Interval",
    "Metrics",
    "ReliabilityCurve",
    "aligned",
    "class_indices",
    "cross_validated",
    "evaluate",
    "evaluate_slices",
    "grouped_folds",
    "log_losses",
    "paired_bootstrap",
    "reliability_curve",
    "repeated_cross_validated",
    "sky_groups",
    "stratified_folds",
]
