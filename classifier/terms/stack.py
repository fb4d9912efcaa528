"""All terms of a model as tables of evidence, looked up by cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.densities import DensityTable, IntArray
from classifier.evidence import EvidenceTable
from classifier.features import FeatureSpec, FloatArray
from classifier.terms.axes import Axis
from classifier.terms.pairs import N_CELLS, coarse_cells, pair_cell
from classifier.terms.presence import PresencePattern, Survey, pattern_code

PATTERNS = ("pattern", "rare pattern")
SINGLE = ("property", *PATTERNS)
FINER = 4  # look-up cells per step of the density's grid: nearest is then as good as linear


@dataclass(frozen=True)
class Term:
    """One term of a score.

    Attributes
    ----------
    kind : {"property", "pattern", "rare pattern", "pair", "detection"}
        A property; the pattern of all detections, if common or if rare; two properties; a property and
        whether a survey detected the source.
    a : int
        Column; -1 for a pattern.
    b : int
        Second column, or number of the survey; -1 without.
    """

    kind: str
    a: int = -1
    b: int = -1

    def columns(self, surveys: Sequence[Survey]) -> tuple[int, ...]:
        """Columns that the term reads."""
        if self.kind in PATTERNS:
            return tuple(sorted(j for survey in surveys for j in survey.members))
        if self.kind == "detection":
            return (self.a, *surveys[self.b].members)
        return (self.a, self.b) if self.kind == "pair" else (self.a,)

    def name(self, specs: Sequence[FeatureSpec], surveys: Sequence[Survey]) -> str:
        """How the term is called in an explanation."""
        if self.kind in PATTERNS:
            rare = " (rare pattern)" if self.kind == "rare pattern" else ""
            return "detected or not: " + ", ".join(survey.name for survey in surveys) + rare
        if self.kind == "detection":
            return f"{specs[self.a].name} & {surveys[self.b].name} detected or not"
        return f"{specs[self.a].name} & {specs[self.b].name}" if self.kind == "pair" else specs[self.a].name


@dataclass(frozen=True)
class Reading:
    """Where some sources lie: the cells in which their evidence is found.

    Attributes
    ----------
    places : ndarray of shape (n_sources, n_features)
        Places on the properties' scales; NaN = missing.
    states : ndarray of int of shape (n_sources, n_surveys)
        Detections.
    """

    places: FloatArray
    states: npt.NDArray[np.int8]


@dataclass(frozen=True)
class TermStack:
    """Evidence tables of all terms.

    Attributes
    ----------
    axes : tuple of Axis
        Scale of each column.
    densities : DensityTable
        Class densities of each column on its scale.
    presence : PresencePattern
        Surveys and their patterns.
    terms : tuple of Term
        The terms.
    tables : tuple of ndarray of shape (n_cells + 1, n_classes)
        Their evidence in nats; the last row, of zeros, is for what is missing.
    """

    axes: tuple[Axis, ...]
    densities: DensityTable
    presence: PresencePattern
    terms: tuple[Term, ...]
    tables: tuple[FloatArray, ...]

    def read(self, values: FloatArray, specs: Sequence[FeatureSpec]) -> Reading:
        """Find the places of transformed values of shape (n_sources, n_features)."""
        places = place_columns(values, self.axes, specs)
        return Reading(places, self.presence.states(places))

    def cells(self, reading: Reading) -> Iterator[IntArray]:
        """Row of its table, term by term, for every source."""
        coarse: dict[int, IntArray] = {}
        for term, table in zip(self.terms, self.tables, strict=True):
            cell = self._cell(term, reading, coarse)
            cell[cell < 0] = len(table) - 1
            yield cell

    def _cell(self, term: Term, reading: Reading, coarse: dict[int, IntArray]) -> IntArray:
        if term.kind in PATTERNS:
            return pattern_code(reading.states)
        if term.kind == "property":
            return fine_cells(reading.places[:, term.a], self.densities, term.a)
        for j in (term.a, term.b) if term.kind == "pair" else (term.a,):
            if j not in coarse:
                coarse[j] = coarse_cells(reading.places[:, j])
        if term.kind == "pair":
            return pair_cell(coarse[term.a], coarse[term.b], N_CELLS)
        states = reading.states[:, term.b].astype(np.intp)
        return pair_cell(coarse[term.a], np.where(states > 1, -1, states), 2)


def place_columns(values: FloatArray, axes: Sequence[Axis], specs: Sequence[FeatureSpec]) -> FloatArray:
    """Places of transformed values; a coverage column is left as it stands."""
    columns = [
        values[:, j] if spec.transform == "coverage" else axis.place(values[:, j])
        for j, (axis, spec) in enumerate(zip(axes, specs, strict=True))
    ]
    return np.column_stack(columns)


def fine_cells(places: FloatArray, densities: DensityTable, feature: int) -> IntArray:
    """Row of `fine_table` for each place; -1 where missing."""
    last = FINER * (densities.mass.shape[2] - 1)
    scaled = (places - densities.lo[feature]) * (FINER / densities.step[feature])
    # fmin and fmax drop NaN: a missing place gets a cell, and then loses it again
    cell = (np.fmin(np.fmax(scaled, 0.0), float(last)) + 0.5).astype(np.intp)
    cell[np.isnan(places)] = -1
    return np.asarray(cell)


def fine_table(evidence: EvidenceTable, feature: int) -> FloatArray:
    """Evidence of one property on a finer grid, with a last row of zeros."""
    table = evidence.log_ratio[feature]
    steps = np.arange(FINER)[:, None] / FINER
    between = table[:-1, None, :] + steps * np.diff(table, axis=0)[:, None, :]
    return with_missing(np.concatenate([between.reshape(-1, table.shape[1]), table[-1:]]))


def with_missing(table: FloatArray) -> FloatArray:
    """The table with a last row of zeros: what is missing says nothing."""
    return np.ascontiguousarray(np.concatenate([table, np.zeros((1, table.shape[1]))]))
