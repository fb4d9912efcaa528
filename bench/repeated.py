"""Ours beside the best peers over several deals of the folds: one deal's macro-F1 is mostly luck.

`python -m bench.repeated [DEALS]` prints the table; XGBoost's line is left out where it is not installed.
"""

import sys
import warnings
from collections.abc import Iterator

import numpy as np

from bench.classifier import N_FOLDS, OURS, four_classes, out_of_fold, peers, properties
from classifier.evaluation import evaluate, stratified_folds

BESIDE = (OURS, "HistGradientBoosting, 100 x 8 leaves, rate .05", "XGBoost, 200 x depth 4, rate .07")


def lines(deals: int) -> Iterator[str]:
    yield "| classes | model | log-loss | ECE | macro-F1, mean ± scatter between deals |"
    yield "|---|---|---|---|---|"
    for table in (four_classes(properties()), properties()):
        codes = np.unique(table.y, return_inverse=True)[1]
        makers = peers(table.names)
        for name in (n for n in BESIDE if n in makers):
            got = []
            for seed in range(deals):
                fold = stratified_folds(codes, N_FOLDS, np.random.default_rng(seed))
                proba = out_of_fold(makers[name], table.X, codes, fold)
                got.append(evaluate(codes, proba, range(codes.max() + 1)))
            loss, ece = np.mean([m.log_loss for m in got]), np.mean([m.ece for m in got])
            f1 = [m.macro_f1 for m in got]
            spread = f"{np.mean(f1):.3f} ± {np.std(f1):.3f}"
            yield f"| {codes.max() + 1} | {name} | {loss:.4f} | {ece:.4f} | {spread} |"


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the peers' own
    for line in lines(int(sys.argv[1]) if sys.argv[1:] else 4):
        print(line, flush=True)
