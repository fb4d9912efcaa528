"""New labels in, a judged candidate out."""

from classifier.retraining.gate import Verdict
from classifier.retraining.held_out import held_out_mask, is_held_out
from classifier.retraining.labelled_sets import ReferenceSet, TrainingSet
from classifier.retraining.retrain import Retraining, RetrainingConfig, RetrainingReport, retrain

__all__ = [
    "ReferenceSet",
    "Retraining",
    "RetrainingConfig",
    "RetrainingReport",
    "TrainingSet",
    "Verdict",
    "held_out_mask",
    "is_held_out",
    "retrain",
]
