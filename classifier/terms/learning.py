"""Learn the terms of a score and their weights from labelled sources."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.densities import DensityConfig, IntArray, fit_densities
from classifier.evidence import EvidenceTable, leave_one_out_evidence
from classifier.features import FeatureSpec, FloatArray
from classifier.terms.axes import Axis, fit_axis
from classifier.terms.pairs import (
    CoarseAxis,
    PairCounts,
    candidate_pairs,
    coarse_detection,
    coarse_property,
    pair_cell,
)
from classifier.terms.presence import PresencePattern, fit_presence
from classifier.terms.screening import Pair, Unexplained, choose_pairs
from classifier.terms.stack import SINGLE, Term, TermStack, fine_table, place_columns, with_missing
from classifier.weighting import WeightingConfig, WeightProblem, learn_weights

MOST_ROWS = 12_000  # for the weights; beyond, the common classes are thinned out


@dataclass(frozen=True)
class Sample:
    """Labelled sources: transformed values, class indices, positive weights, number of classes."""

    values: FloatArray
    y: IntArray
    weights: FloatArray
    n_classes: int

    def thinned(self) -> tuple[IntArray, FloatArray]:
        """Rows that represent the sample in the fit of the weights, and what each of them counts.

        Every class keeps the same number of rows at the most, evenly dealt; what stays counts for what
        goes.
        """
        most = MOST_ROWS // self.n_classes if len(self.y) > MOST_ROWS else len(self.y)
        rows, counts = [], []
        for k in range(self.n_classes):
            mine = np.flatnonzero(self.y == k)
            kept = mine[np.unique(np.linspace(0, len(mine) - 1, min(most, len(mine))).astype(np.intp))]
            rows.append(kept)
            counts.append(self.weights[kept] * (self.weights[mine].sum() / self.weights[kept].sum()))
        return np.concatenate(rows), np.concatenate(counts)


@dataclass(frozen=True)
class Learned:
    """Terms with their weights.

    Attributes
    ----------
    stack : TermStack
        The terms.
    shared : ndarray of shape (n_terms,)
        Weight of each term for all classes.
    per_class : ndarray of shape (n_terms, n_classes)
        Weight of each term for each class.
    rows : ndarray of int of shape (n_rows,)
        Training sources on which the weights were learned.
    counts : ndarray of shape (n_rows,)
        Weights of those sources.
    posterior : ndarray of shape (n_rows, n_classes)
        Their leave-one-out probabilities, with the class shares of the sample as priors.
    """

    stack: TermStack
    shared: FloatArray
    per_class: FloatArray
    rows: IntArray
    counts: FloatArray
    posterior: FloatArray


def plain_terms(sample: Sample, specs: Sequence[FeatureSpec], density: DensityConfig) -> TermStack:
    """One term for every property that tells anything, and nothing else."""
    axes, places = _places(sample, specs, density)
    densities = fit_densities(places, sample.y, sample.weights, sample.n_classes, density)
    terms = tuple(Term("property", j) for j in _canonical(sample.values) if densities.step[j] > 0)
    table = EvidenceTable.of(densities)
    nothing = fit_presence(places[:, :0], sample.y, sample.weights, (), sample.n_classes)
    return TermStack(axes, densities, nothing, terms, tuple(fine_table(table, t.a) for t in terms))


def learn_terms(
    sample: Sample, specs: Sequence[FeatureSpec], density: DensityConfig, config: WeightingConfig
) -> Learned:
    """Choose terms and weigh them.

    First the properties and the pattern of detections; then the pairs that explain most of what is left;
    then the weights of all together, on leave-one-out evidence.

    Parameters
    ----------
    sample : Sample
        Labelled sources.
    specs : sequence of FeatureSpec
        One per column.
    density : DensityConfig
        How the densities are made.
    config : WeightingConfig
        How pairs are chosen and weights learned.

    Returns
    -------
    Learned
    """
    plain = plain_terms(sample, specs, density)
    places = place_columns(sample.values, plain.axes, specs)
    presence = fit_presence(places, sample.y, sample.weights, specs, sample.n_classes)
    fit = _Fit(sample, config, plain, presence, places)
    fit.add_singles()
    if config.n_pairs and sample.n_classes > 1:
        fit.add_pairs(fit.choose())
    shared, per_class = fit.weigh()
    stack = TermStack(plain.axes, plain.densities, presence, tuple(fit.terms), tuple(fit.tables))
    posterior = np.exp(fit.problem().log_posterior(per_class)).T
    return Learned(stack, shared, per_class, fit.rows, fit.counts, posterior)


class _Fit:
    """The terms so far, with their leave-one-out evidence on the thinned sample."""

    def __init__(
        self,
        sample: Sample,
        config: WeightingConfig,
        plain: TermStack,
        presence: PresencePattern,
        places: FloatArray,
    ) -> None:
        self.sample, self.config, self.plain = sample, config, plain
        self.presence, self.places = presence, places
        self.rows, self.counts = sample.thinned()
        self.own = np.minimum(sample.weights[self.rows], 1.0)
        self.y = sample.y[self.rows]
        self.terms: list[Term] = []
        self.tables: list[FloatArray] = []
        self.evidence: list[FloatArray] = []

    def add_singles(self) -> None:
        used = [term.a for term in self.plain.terms]
        chosen = self.plain.densities.of(used)
        found = leave_one_out_evidence(
            chosen, self.places[self.rows][:, used], self.y, self.sample.weights[self.rows]
        )
        self.terms += self.plain.terms
        self.tables += self.plain.tables
        self.evidence += list(found)
        if self.presence.surveys:
            self._add_patterns()

    def _add_patterns(self) -> None:
        own = np.eye(self.sample.n_classes)[self.y] * self.own[:, None]
        states = self.presence.states(self.places[self.rows])
        found = self.presence.by_kind(states, self.presence.evidence(states, own))
        for kind, table in self.presence.tables().items():
            self.terms.append(Term(kind))
            self.tables.append(with_missing(table))
            self.evidence.append(found[kind])

    def choose(self) -> list[tuple[Pair, PairCounts]]:
        problem = self.problem()
        _, weights = learn_weights(problem)
        posterior = np.exp(problem.log_posterior(weights)).T
        unexplained = Unexplained.of(self.rows, posterior, self.y, self.counts)
        properties = [term.a for term in self.plain.terms]
        number = {column: i for i, column in enumerate(properties)}
        members = [{number[j] for j in s.members if j in number} for s in self.presence.surveys]
        self.axes = self._axes(properties)
        return choose_pairs(
            self.axes,
            list(candidate_pairs(len(properties), members)),
            (self.sample.y, self.sample.weights),
            unexplained,
            n_pairs=self.config.n_pairs,
            penalty=self.config.pair_penalty,
        )

    def add_pairs(self, chosen: Sequence[tuple[Pair, PairCounts]]) -> None:
        properties = [term.a for term in self.plain.terms]
        for (a, b), counts in chosen:
            survey = b - len(properties)
            kind = (
                ("detection", properties[a], survey)
                if survey >= 0
                else ("pair", properties[a], properties[b])
            )
            cell = pair_cell(self.axes[a].cells, self.axes[b].cells, self.axes[b].n_cells)[self.rows]
            both = cell >= 0
            found = np.zeros((len(self.rows), self.sample.n_classes))
            found[both] = counts.leave_one_out(cell[both], self.y[both], self.own[both])
            self.terms.append(Term(*kind))
            self.tables.append(with_missing(counts.increment()))
            self.evidence.append(found)

    def weigh(self) -> tuple[FloatArray, FloatArray]:
        return learn_weights(self.problem())

    def _axes(self, properties: Sequence[int]) -> list[CoarseAxis]:
        s = self.sample
        states = self.presence.states(self.places).astype(np.intp)
        detections = [coarse_detection(states[:, g], s.n_classes) for g in range(states.shape[1])]
        return [
            *(coarse_property(self.places[:, j], s.y, s.weights, s.n_classes) for j in properties),
            *detections,
        ]

    def problem(self) -> WeightProblem:
        share = np.bincount(self.sample.y, self.sample.weights, self.sample.n_classes)
        single = np.array([term.kind in SINGLE for term in self.terms], dtype=bool)
        stacked = np.stack(self.evidence).transpose(2, 0, 1) if self.evidence else None
        none = np.zeros((self.sample.n_classes, 0, len(self.rows)))
        return WeightProblem(
            evidence=none if stacked is None else np.ascontiguousarray(stacked),
            y=self.y,
            weights=self.counts,
            log_prior=np.log(share / share.sum()),
            centre=single.astype(np.float64),
            penalty=np.where(single, self.config.single_penalty, self.config.pair_penalty),
            class_penalty=self.config.class_penalty,
            wrong_labels=self.config.wrong_labels,
        )


def _places(
    sample: Sample, specs: Sequence[FeatureSpec], density: DensityConfig
) -> tuple[tuple[Axis, ...], FloatArray]:
    silent = Axis(np.empty(0), np.empty(0))
    axes = []
    for column, spec in zip(sample.values.T, specs, strict=True):
        seen = np.isfinite(column) & (spec.transform != "coverage")
        axes.append(fit_axis(column[seen], sample.weights[seen], density.warp) if seen.any() else silent)
    return tuple(axes), np.column_stack([a.place(c) for a, c in zip(axes, sample.values.T, strict=True)])


def _canonical(values: FloatArray) -> list[int]:
    """Columns in an order that does not depend on how they are arranged."""
    return sorted(range(values.shape[1]), key=lambda j: values[:, j].tobytes())
