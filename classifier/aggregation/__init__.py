"""From votes to class probabilities; one rule per module."""

from classifier.aggregation.aggregate import METHODS, Aggregation, aggregate_votes

__all__ = ["METHODS", "Aggregation", "aggregate_votes"]
