"""Promised and kept probabilities."""

import numpy as np
import pytest

from classifier.evaluation import evaluate, evaluate_slices, reliability_curve

TRUTH = np.array(["agn", "star", "agn", "agn"])
PROBA = np.array([[0.85, 0.15], [0.85, 0.15], [0.95, 0.05], [0.35, 0.65]])


def test_a_curve_of_four_sources() -> None:
    curve = reliability_curve(TRUTH, PROBA, ["agn", "star"], "agn", n_bins=10)
    assert curve.n.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 2, 1]
    assert curve.promised[[3, 8, 9]].tolist() == pytest.approx([0.35, 0.85, 0.95])
    assert curve.kept[[3, 8, 9]].tolist() == [1.0, 0.5, 1.0]
    assert np.isnan(curve.kept[0])
    assert curve.error[8] == pytest.approx(np.sqrt(0.125 + 1 / 16) / 1.5)


def test_slices_are_evaluated_on_their_own() -> None:
    near = np.array([True, True, False, False])
    got = evaluate_slices(TRUTH, PROBA, ["agn", "star"], {"near": near, "none": np.zeros(4, dtype=bool)})
    assert list(got) == ["near"]
    assert got["near"].log_loss == evaluate(TRUTH[near], PROBA[near], ["agn", "star"]).log_loss


def test_classwise_error_of_four_sources() -> None:
    # two classes, complementary probabilities, mirrored bins: the same error twice
    got = evaluate(TRUTH, PROBA, ["agn", "star"])
    assert got.classwise_ece == pytest.approx((abs(1 - 1.7) + 0.05 + 0.65) / 4)
    assert got.macro_f1 == pytest.approx((2 * 2 / (3 + 3) + 0.0) / 2)
