"""The feature table as the classifier sees it: what each column is and how it enters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.errors import FeatureError

FloatArray = npt.NDArray[np.float64]

CATEGORIES = ("location", "spectrum", "multiwavelength", "variability")
MISSING_POLICIES = ("auto", "no_evidence", "not_detected")


def _identity(values: FloatArray) -> FloatArray:
    return values


def _log10(values: FloatArray) -> FloatArray:
    return np.log10(values, out=np.full_like(values, np.nan), where=values > 0)


def _compress(values: FloatArray) -> FloatArray:
    return values / (1.0 + np.abs(values))


TRANSFORMS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "identity": _identity,
    "log10": _log10,
    "abs": np.abs,
    "compress": _compress,
    "coverage": _identity,
}


@dataclass(frozen=True)
class FeatureSpec:
    """One property of a source, and how the classifier reads it.

    Parameters
    ----------
    name : str
        Column name in the feature table.
    unit : str
        Unit of the column before the transform; empty for a pure number.
    transform : {"identity", "log10", "abs", "compress", "coverage"}
        Applied before the densities; ``log10`` turns values that are not positive into missing ones,
        ``compress`` is x / (1 + abs(x)). A ``coverage`` column is no property: it tells where its `survey`
        looked at all (1; 0 or NaN: it did not).
    category : {"location", "spectrum", "multiwavelength", "variability"} or None
        Under what explanations sum the property up; None leaves it on its own.
    missing : {"auto", "no_evidence", "not_detected"}
        What a missing value (NaN) means. ``no_evidence``: nothing was looked for, it speaks for no class.
        ``not_detected``: the survey looked and found nothing, which is evidence, one term for the joint
        pattern of all surveys. ``auto``: the same, if the classes of the sample differ by it beyond chance.
    survey : str or None
        Columns of one survey are detected together; None finds columns that are missing together.

    Raises
    ------
    FeatureError
        When a field is not one of the values above.
    """

    name: str
    unit: str = ""
    transform: str = "identity"
    category: str | None = None
    missing: str = "auto"
    survey: str | None = None

    def __post_init__(self) -> None:
        self._require("transform", self.transform, tuple(TRANSFORMS))
        self._require("category", self.category, (None, *CATEGORIES))
        self._require("missing", self.missing, MISSING_POLICIES)
        if self.transform == "coverage" and not self.survey:
            raise FeatureError(f"feature {self.name!r}: a coverage column must name its survey")

    def _require(self, field: str, value: str | None, allowed: tuple[str | None, ...]) -> None:
        if value not in allowed:
            raise FeatureError(f"feature {self.name!r}: {field} is {value!r}; use one of {allowed}")

    @property
    def group(self) -> str:
        """Name under which the property's weight is found: its category, or else its own name."""
        return self.category or self.name


def resolve_specs(
    features: Sequence[FeatureSpec] | None, n_features: int, names: Sequence[str] | None = None
) -> tuple[FeatureSpec, ...]:
    """Descriptions of the columns of a table.

    Parameters
    ----------
    features : sequence of FeatureSpec or None
        The descriptions in column order; None makes every column continuous and without category.
    n_features : int
        Number of columns.
    names : sequence of str, optional
        Column names to use where `features` is None; x0, x1, ... without them.

    Returns
    -------
    tuple of FeatureSpec

    Raises
    ------
    FeatureError
        When the number of descriptions is not the number of columns, or a name comes twice.
    """
    if features is None:
        return tuple(FeatureSpec(str(name)) for name in names or [f"x{i}" for i in range(n_features)])
    if len(features) != n_features:
        raise FeatureError(f"the table has {n_features} columns, but {len(features)} features are described")
    if len({spec.name for spec in features}) != len(features):
        raise FeatureError("two features have the same name; name each column once")
    return tuple(features)


def transform_columns(X: FloatArray, specs: Sequence[FeatureSpec]) -> FloatArray:
    """Apply each column's transform to a copy of the table.

    Parameters
    ----------
    X : ndarray of shape (n_sources, n_features)
        Values in the units of `specs`; NaN = missing. Left untouched.
    specs : sequence of FeatureSpec
        One per column.

    Returns
    -------
    ndarray of shape (n_sources, n_features)
        Transformed values; missing ones stay NaN.
    """
    columns = [TRANSFORMS[spec.transform](X[:, j]) for j, spec in enumerate(specs)]
    return np.column_stack(columns)
