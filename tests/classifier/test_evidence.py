"""Leave-one-out evidence against really leaving one out."""

import numpy as np

from classifier.densities import DensityConfig, fit_densities
from classifier.evidence import EvidenceTable, leave_one_out_evidence


def test_leaving_a_source_out_is_like_a_fit_without_it() -> None:
    rng = np.random.default_rng(5)
    y = np.repeat([0, 1], [150, 50])
    X, ones = (rng.normal(size=200) + 2 * y)[:, None], np.ones(200)
    together = leave_one_out_evidence(fit_densities(X, y, ones, 2, DensityConfig()), X, y, ones)
    apart = np.zeros((200, 2))
    for i in range(200):
        others = np.arange(200) != i
        table = EvidenceTable.of(fit_densities(X[others], y[others], ones[others], 2, DensityConfig()))
        ((_, _, apart[i]),) = list(table.columns(X[[i]]))
    assert np.median(np.abs(together[0] - apart)) < 0.01
    assert np.abs(together[0] - apart).mean() < 0.05


def test_missing_values_have_no_evidence() -> None:
    X, y = np.array([[0.0], [1.0], [np.nan]]), np.array([0, 1, 0])
    evidence = leave_one_out_evidence(fit_densities(X, y, np.ones(3), 2, DensityConfig()), X, y, np.ones(3))
    assert evidence[0, 2].tolist() == [0.0, 0.0]


def test_the_only_source_of_a_class_leaves_no_evidence_for_it() -> None:
    X, y = np.array([[0.0], [0.1], [0.3], [9.0]]), np.array([0, 0, 0, 1])
    table = fit_densities(X, y, np.ones(4), 2, DensityConfig())
    evidence = leave_one_out_evidence(table, X, y, np.ones(4))
    np.testing.assert_allclose(evidence[0, 3, 1], 0.0, atol=1e-12)
