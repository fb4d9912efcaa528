"""Another catalogue, another purpose: priors estimated anew, and decisions that weigh errors."""

from classifier.adaptation.decisions import F1Decision, fit_f1_decision
from classifier.adaptation.priors import PriorEstimate, estimate_priors, estimate_priors_by_bin, reweigh

__all__ = [
    "F1Decision",
    "PriorEstimate",
    "estimate_priors",
    "estimate_priors_by_bin",
    "fit_f1_decision",
    "reweigh",
]
