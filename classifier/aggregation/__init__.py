"""From votes to class probabilities; one rule per module."""

from classifier.aggregation.aggregate import METHODS, Aggregation, aggregate_votes
from classifier.aggregation.calibration import Calibration
from classifier.aggregation.fit import Fit
from classifier.aggregation.online import OnlinePosterior
from classifier.aggregation.scoreboard import Score, score_rules
from classifier.aggregation.votes import drop_answers

__all__ = [
    "METHODS",
    "Aggregation",
    "Calibration",
    "Fit",
    "OnlinePosterior",
    "Score",
    "aggregate_votes",
    "drop_answers",
    "score_rules",
]
