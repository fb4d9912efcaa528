"""What it says that a survey did or did not detect a source."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from classifier.densities import IntArray
from classifier.features import FeatureSpec, FloatArray

ABSENT, DETECTED, NOT_COVERED = 0, 1, 2
SAME_SURVEY = 0.03  # columns that are missing together but for this share of the sources are one survey
SIGNIFICANCE = 1e-3  # of the test that detection and class have to do with each other
MOST_SURVEYS = 8
SHRINKAGE = 16.0  # sources
COMMON = 2 * SHRINKAGE  # sources from which on a pattern speaks mostly for itself
DAMPING = 0.5  # of the back-off, for surveys detect the same bright sources

States = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Survey:
    """Columns that are measured together.

    Attributes
    ----------
    name : str
        As in the `FeatureSpec`, or the name of its first column.
    members : tuple of int
        Its columns.
    coverage : int
        Column that tells whether the survey looked at all; -1 without one.
    """

    name: str
    members: tuple[int, ...]
    coverage: int = -1

    def state(self, values: FloatArray) -> States:
        """0 covered and not detected, 1 detected, 2 not covered; for each row of a table."""
        seen = np.isfinite(values[:, list(self.members)]).any(axis=1)
        state = np.where(seen, DETECTED, ABSENT).astype(np.int8)
        if self.coverage >= 0:
            looked = np.nan_to_num(values[:, self.coverage]) > 0
            state[~looked & ~seen] = NOT_COVERED
        return state


@dataclass(frozen=True)
class PresencePattern:
    """Joint pattern of detections, one count per pattern and class.

    Attributes
    ----------
    surveys : tuple of Survey
        What was looked for; at most eight.
    patterns : ndarray of shape (n_patterns, n_surveys)
        Patterns of the training sources.
    counts : ndarray of shape (n_patterns, n_classes)
        Their weights per class.
    """

    surveys: tuple[Survey, ...]
    patterns: States
    counts: FloatArray

    def states(self, values: FloatArray) -> States:
        """State of each survey for each row, (n_sources, n_surveys)."""
        empty = np.zeros((len(values), 0), dtype=np.int8)
        return np.column_stack([empty, *(survey.state(values) for survey in self.surveys)])

    def bit_counts(self, survey: int) -> FloatArray:
        """Weight of the sources not detected and detected by one survey, (2, n_classes)."""
        states = self.patterns[:, survey]
        return np.stack([self.counts[states == state].sum(axis=0) for state in (ABSENT, DETECTED)])

    def tables(self, *, apart: bool = True) -> dict[str, FloatArray]:
        """Evidence of every pattern there can be, (3 ** n_surveys, n_classes), by `pattern_code`.

        Common and rare patterns are two terms, each silent about the other's, unless not `apart`: the
        evidence of a rare one is guessed from its surveys, and must not lower the weight of what is known.
        """
        n = len(self.surveys)
        places = np.arange(3**n)[:, None] // 3 ** np.arange(n)
        states = (places % 3).astype(np.int8)
        evidence = self.evidence(states)
        return self.by_kind(states, evidence) if apart else {"pattern": evidence}

    def by_kind(self, states: States, evidence: FloatArray) -> dict[str, FloatArray]:
        """Evidence of patterns, shared out to the terms "pattern" and "rare pattern".

        Parameters
        ----------
        states : ndarray of shape (n_sources, n_surveys)
        evidence : ndarray of shape (n_sources, n_classes)
            Of those states.

        Returns
        -------
        dict of str to ndarray of shape (n_sources, n_classes)
            "pattern" alone where the training sources' patterns are all common or all rare.
        """
        known = self._common(self.patterns)
        if known.all() or not known.any():
            return {"pattern": evidence}
        common = self._common(states)[:, None]
        return {"pattern": np.where(common, evidence, 0.0), "rare pattern": np.where(common, 0.0, evidence)}

    def _common(self, states: States) -> npt.NDArray[np.bool_]:
        different, where = np.unique(states, axis=0, return_inverse=True)
        return np.asarray(self._marginal(different)[0].sum(axis=1) >= COMMON)[where.reshape(-1)]

    def evidence(self, states: States, own: FloatArray | None = None) -> FloatArray:
        """log( p(pattern | class) / p(pattern) ), shrunk to what the surveys say one by one.

        Parameters
        ----------
        states : ndarray of shape (n_sources, n_surveys)
            A survey that did not cover the source is left out of its pattern.
        own : ndarray of shape (n_sources, n_classes), optional
            Weight to leave out of the counts: that of the very source.

        Returns
        -------
        ndarray of shape (n_sources, n_classes)
            In nats.
        """
        own = np.zeros((len(states), self.counts.shape[1])) if own is None else own
        backoff = np.zeros_like(own)
        for j in range(len(self.surveys)):
            backoff += self._single(j, states[:, j], own)
        different, where = np.unique(states, axis=0, return_inverse=True)
        joint, total = (part[where.reshape(-1)] - own for part in self._marginal(different))
        pooled = (joint.sum(axis=1, keepdims=True) + 0.5) / (total.sum(axis=1, keepdims=True) + 1.0)
        expected = SHRINKAGE * pooled * np.exp(np.clip(DAMPING * backoff, -5, 5))
        ratio = np.log((joint + expected) / ((total + SHRINKAGE) * pooled))
        return np.where((states == NOT_COVERED).all(axis=1)[:, None], 0.0, ratio)

    def _marginal(self, states: States) -> tuple[FloatArray, FloatArray]:
        """Counts of the training sources that agree with a pattern, and that could have."""
        covered = states != NOT_COVERED
        agree = np.ones((len(states), len(self.patterns)), dtype=bool)
        could = agree.copy()
        for j in range(len(self.surveys)):
            theirs = self.patterns[None, :, j]
            agree &= ~covered[:, [j]] | (states[:, [j]] == theirs)
            could &= ~covered[:, [j]] | (theirs != NOT_COVERED)
        return agree @ self.counts, could @ self.counts

    def _single(self, survey: int, state: States, own: FloatArray) -> FloatArray:
        counts = self.bit_counts(survey)
        covered = state != NOT_COVERED
        return np.where(covered[:, None], bit_evidence(counts, np.minimum(state, DETECTED), own), 0.0)


def bit_evidence(counts: FloatArray, bit: States | IntArray, own: FloatArray | float = 0.0) -> FloatArray:
    """log( p(bit | class) / p(bit) ) of one survey, shrunk to all classes together.

    Parameters
    ----------
    counts : ndarray of shape (2, n_classes)
        Weight of the sources not detected and detected.
    bit : ndarray of int of shape (n_sources,)
        0 or 1.
    own : ndarray of shape (n_sources, n_classes) or float
        Weight to leave out.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
    """
    with_bit, total = counts[bit] - own, counts.sum(axis=0) - own
    pooled = (with_bit.sum(axis=1, keepdims=True) + 0.5) / (total.sum(axis=-1, keepdims=True) + 1.0)
    return np.asarray(np.log((with_bit + SHRINKAGE * pooled) / ((total + SHRINKAGE) * pooled)))


def pattern_code(states: States) -> IntArray:
    """Row of `PresencePattern.table` for each row of states."""
    return np.asarray(states @ 3 ** np.arange(states.shape[1]), dtype=np.intp)


def fit_presence(
    values: FloatArray, y: IntArray, weights: FloatArray, specs: Sequence[FeatureSpec], n_classes: int
) -> PresencePattern:
    """Find the surveys among the columns and count the patterns of their detections.

    Parameters
    ----------
    values : ndarray of shape (n_sources, n_features)
        Transformed values; NaN = missing.
    y : ndarray of int of shape (n_sources,)
        Class indices.
    weights : ndarray of shape (n_sources,)
        Positive weights.
    specs : sequence of FeatureSpec
        One per column; those with ``missing="no_evidence"`` belong to no survey.
    n_classes : int
        Number of classes.

    Returns
    -------
    PresencePattern
        Without any survey where nothing is to be learned from detections.
    """
    found = _find_surveys(values, weights, specs)
    counts = [_counts(survey.state(values), y, weights, n_classes) for survey in found]
    sure = [any(specs[j].missing == "not_detected" for j in survey.members) for survey in found]
    odds = [0.0 if known else _chance(count) for known, count in zip(sure, counts, strict=True)]
    limit = SIGNIFICANCE / max(len(found), 1)
    telling = [i for i in np.argsort(odds, kind="stable") if odds[i] < limit][:MOST_SURVEYS]
    surveys = tuple(found[i] for i in telling)
    bare = PresencePattern(surveys, np.zeros((0, len(surveys)), np.int8), np.zeros((0, n_classes)))
    if not surveys:
        return bare
    patterns, where = np.unique(bare.states(values), axis=0, return_inverse=True)
    joint = np.asarray(
        np.bincount(where.reshape(-1) * n_classes + y, weights, len(patterns) * n_classes), dtype=np.float64
    )
    return PresencePattern(surveys, patterns, joint.reshape(len(patterns), n_classes))


def _counts(state: States, y: IntArray, weights: FloatArray, n_classes: int) -> FloatArray:
    counts = np.asarray(np.bincount(state * n_classes + y, weights, 3 * n_classes), dtype=np.float64)
    return counts.reshape(3, n_classes)[:2]


def _chance(counts: FloatArray) -> float:
    """Probability that detection and class look so related by chance (likelihood-ratio test)."""
    if not counts.sum():
        return 1.0
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        g = 2 * np.where(counts > 0, counts * np.log(counts / expected), 0.0).sum()
    return float(chi2.sf(float(g), max(int(np.count_nonzero(counts.sum(axis=0))) - 1, 1)))


def _find_surveys(values: FloatArray, weights: FloatArray, specs: Sequence[FeatureSpec]) -> list[Survey]:
    named: dict[str, list[int]] = {}
    coverage = {spec.survey: j for j, spec in enumerate(specs) if spec.transform == "coverage"}
    loose: list[int] = []
    for j, spec in enumerate(specs):
        if spec.missing == "no_evidence" or spec.transform == "coverage":
            continue
        if spec.survey:
            named.setdefault(spec.survey, []).append(j)
        else:
            loose.append(j)
    given = [Survey(name, tuple(members), coverage.get(name, -1)) for name, members in named.items()]
    return [*given, *_missing_together(values, weights, loose, specs)]


def _missing_together(
    values: FloatArray, weights: FloatArray, columns: list[int], specs: Sequence[FeatureSpec]
) -> list[Survey]:
    seen = np.isfinite(values)
    share = weights @ seen / weights.sum()
    partial = [j for j in columns if 0 < share[j] < 1]
    groups: list[list[int]] = []
    # the most complete column of a survey stands for it, whatever the order of the columns
    for j in sorted(partial, key=lambda j: (-share[j], seen[:, j].tobytes())):
        like = (g for g in groups if weights @ (seen[:, g[0]] != seen[:, j]) < SAME_SURVEY * weights.sum())
        group = next(like, None)
        if group is None:
            groups.append([j])
        else:
            group.append(j)
    return [Survey(specs[group[0]].name, tuple(group)) for group in groups]
