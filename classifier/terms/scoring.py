"""Sum up the terms of many sources, a cache's worth at a time."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import logsumexp

from classifier.densities import IntArray
from classifier.features import FeatureSpec, FloatArray, transform_columns
from classifier.terms.stack import TermStack
from classifier.terms.widening import widened_evidence

ROWS = 8192  # per chunk: the tables and the buffers stay in the processor's cache
MOST_THREADS = 4


@dataclass(frozen=True)
class Scorer:
    """Weighted tables of all terms.

    Attributes
    ----------
    stack : TermStack
        The terms.
    specs : tuple of FeatureSpec
        One per column.
    weights : ndarray of shape (n_terms, n_classes)
        Weight of each term for each class.
    tables : tuple of ndarray of shape (n_cells + 1, n_classes)
        Evidence times weight.
    """

    stack: TermStack
    specs: tuple[FeatureSpec, ...]
    weights: FloatArray
    tables: tuple[FloatArray, ...]

    @classmethod
    def of(cls, stack: TermStack, specs: tuple[FeatureSpec, ...], per_class: FloatArray) -> "Scorer":
        """Weigh the tables of a stack; `per_class` has shape (n_terms, n_classes)."""
        weighted = tuple(w * t for w, t in zip(per_class, stack.tables, strict=True))
        return cls(stack, specs, per_class, weighted)

    @cached_property
    def reach(self) -> dict[int, FloatArray]:
        """The most that any value of a column can add to the odds of one class against another.

        By column, (n_classes, n_classes), in nats.
        """
        single = {
            t.a: table for t, table in zip(self.stack.terms, self.tables, strict=True) if t.kind == "property"
        }
        return {j: (table[:, :, None] - table[:, None, :]).max(axis=0) for j, table in single.items()}

    def terms(self, rows: FloatArray, errors: FloatArray | None = None) -> FloatArray:
        """Weighted evidence of every term, (n_sources, n_terms, n_classes), in nats."""
        reading = self.stack.read(transform_columns(rows, self.specs), self.specs)
        n_classes = self.stack.densities.count.shape[1]
        found = np.zeros((len(rows), len(self.tables), n_classes))
        for t, cell in enumerate(self.stack.cells(reading)):
            found[:, t] = self.tables[t][cell]
        for t, blurred, evidence in self._widened(rows, errors):
            found[blurred, t] = evidence
        return found

    def log_posterior(
        self, rows: FloatArray, log_prior: FloatArray, errors: FloatArray | None = None
    ) -> FloatArray:
        """Normalised log posteriors of raw rows, (n_sources, n_classes), on all processors.

        `errors` are standard deviations of the rows' values, of the same shape; NaN or 0 = exact.
        """
        found = np.empty((len(rows), len(log_prior)))

        def fill(start: int) -> None:
            part = slice(start, start + ROWS)
            found[part] = self._chunk(rows[part], log_prior, None if errors is None else errors[part])

        starts = range(0, len(rows), ROWS)
        if len(starts) == 1:
            fill(0)
        else:
            with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
                list(pool.map(fill, starts))
        return found

    def _chunk(self, rows: FloatArray, log_prior: FloatArray, errors: FloatArray | None) -> FloatArray:
        score = np.tile(log_prior, (len(rows), 1))
        if errors is None:
            for evidence in self._gathered(rows):
                score += evidence
        else:
            score += self.terms(rows, errors).sum(axis=1)
        return np.asarray(score - logsumexp(score, axis=1, keepdims=True))

    def _gathered(self, rows: FloatArray) -> Iterator[FloatArray]:
        reading = self.stack.read(transform_columns(rows, self.specs), self.specs)
        buffer = np.empty((len(rows), self.stack.densities.count.shape[1]))
        for table, cell in zip(self.tables, self.stack.cells(reading), strict=True):
            yield np.take(table, cell, axis=0, out=buffer, mode="clip")

    def _widened(
        self, rows: FloatArray, errors: FloatArray | None
    ) -> Iterator[tuple[int, IntArray, FloatArray]]:
        """Terms of single properties that are measured with an error, the rows where, and their evidence."""
        for t, term in enumerate(self.stack.terms if errors is not None else ()):
            if term.kind != "property" or errors is None:
                continue
            error = errors[:, term.a]
            blurred = np.flatnonzero(np.isfinite(rows[:, term.a]) & np.isfinite(error) & (error > 0))
            if len(blurred):
                spec, measured = self.specs[term.a], rows[blurred, term.a]
                evidence = widened_evidence(self.stack, spec, term.a, measured, error[blurred])
                yield t, blurred, self.weights[t] * evidence
