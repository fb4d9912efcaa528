"""Rows of a 4XMM detection catalogue as sources, detections and their features; no database.

Some copies of the catalogue carry 0 where it has no value, so a value that is 0 together with its error is
taken as undefined, and so is a chi-squared probability of exactly 0 without the variability flag, which the
catalogue raises at 1e-5 and below.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.features import (
    Features,
    FloatArray,
    as_dictionaries,
    galactic_latitude_deg,
    log10_or_nan,
    log_variability,
)
from claxson.catalogue.imports.fits_table import FitsTable, Rows
from claxson.catalogue.imports.report import Refusal

REQUIRED = ("DETID", "SRCID", "IAUNAME", "OBS_ID", "RA", "DEC")
RELEASE_IN_NAME = re.compile(r"(\dxmm)[-_]?(dr\d+s?)?", re.IGNORECASE)
MAX_NAME = 40
MAX_OBSID = 10

# Feature -> columns of a detection, the first present one counts.
OF_DETECTION = {
    **{f"hr{n}": (f"EP_HR{n}", f"PN_HR{n}") for n in (1, 2, 3, 4)},
    "flux_8_cgs": ("EP_8_FLUX",),
    "rate_8": ("EP_8_RATE",),
    "counts_8": ("EP_8_CTS",),
}
# Feature -> column of the merged source. Without it: the inverse-variance mean over the source's detections,
# which is how the catalogue itself makes SC_EP_8_FLUX.
OF_SOURCE = {**{f"hr{n}": f"SC_HR{n}" for n in (1, 2, 3, 4)}, "flux_8_cgs": "SC_EP_8_FLUX"}


@dataclass(frozen=True)
class CatalogueDetection:
    """A row of the catalogue; `row` counts from 1."""

    row: int
    detid: str
    obsid: str
    features: Features


@dataclass(frozen=True)
class CatalogueSource:
    """The rows of one SRCID."""

    name: str
    ra_deg: float
    dec_deg: float
    pos_err_arcsec: float | None
    features: Features
    detections: tuple[CatalogueDetection, ...] = field(repr=False)


@dataclass(frozen=True)
class Catalogue:
    """The usable rows ordered by source, where in them each source starts, and what was refused."""

    table: FitsTable
    rows: Rows
    starts: Rows
    refusals: tuple[Refusal, ...]

    def sources(self, per_chunk: int) -> Iterator[list[CatalogueSource]]:
        """All sources, so many at a time."""
        bounds = np.append(self.starts, len(self.rows))
        for first in range(0, len(self.starts), per_chunk):
            chunk = bounds[first : first + per_chunk + 1]
            yield _sources(self.table, self.rows[chunk[0] : chunk[-1]], chunk[:-1] - chunk[0])


def release_of(path: Path, table: FitsTable) -> str:
    """`4xmm-dr10` out of a file name like `4XMM_DR10cat_v1.0.fits`, else `4xmm` out of the sources' names."""
    first_name = table.texts("IAUNAME", np.array([0]))[0]
    for text in (path.name, first_name):
        found = RELEASE_IN_NAME.match(text)
        if found:
            return "-".join(part.lower() for part in found.groups() if part)
    raise UnusableFile(
        f"neither the file's name nor its sources' ({first_name!r}) tell the release; give it with --release"
    )


def read_catalogue(table: FitsTable) -> Catalogue:
    """Check every row, and bring those that pass into the order of their sources."""
    table.require(REQUIRED)
    every = np.arange(len(table), dtype=np.intp)
    refusals = _refusals(table, every)
    usable = np.array([row for row in every if int(row) + 1 not in refusals], dtype=np.intp)
    srcids = table.integers("SRCID", usable)
    order = np.argsort(srcids, kind="stable")
    starts = np.unique(srcids[order], return_index=True)[1].astype(np.intp)
    return Catalogue(table, usable[order], starts, tuple(Refusal(*item) for item in refusals.items()))


def _refusals(table: FitsTable, rows: Rows) -> dict[int, str]:
    """Row, from 1 -> what is wrong with it; the first finding counts."""
    found: dict[int, str] = {}
    for columns in (("RA", "DEC"), ("SC_RA", "SC_DEC")):
        if all(name in table for name in columns):
            _refuse_bad_positions(table, rows, columns, found)
    names, obsids = table.texts("IAUNAME", rows), table.texts("OBS_ID", rows)
    for row, (name, obsid) in enumerate(zip(names, obsids, strict=True), start=1):
        if not 0 < len(name) <= MAX_NAME:
            found.setdefault(row, f"IAUNAME {name!r} is not a name of 1 to {MAX_NAME} characters")
        if not 0 < len(obsid) <= MAX_OBSID:
            found.setdefault(row, f"OBS_ID {obsid!r} is not an observation's number")
    _refuse_doubles(table, rows, names, found)
    return found


def _refuse_bad_positions(
    table: FitsTable, rows: Rows, columns: tuple[str, str], found: dict[int, str]
) -> None:
    ra, dec = (table.numbers(name, rows) for name in columns)
    good = (ra >= 0) & (ra < 360) & (np.abs(dec) <= 90)
    for index in np.flatnonzero(~good):
        reason = f"no position on the sky: {columns[0]} = {ra[index]}, {columns[1]} = {dec[index]} deg"
        found.setdefault(int(index) + 1, reason)


def _refuse_doubles(table: FitsTable, rows: Rows, names: list[str], found: dict[int, str]) -> None:
    detids, srcids = table.integers("DETID", rows), table.integers("SRCID", rows)
    seen: set[int] = set()
    srcid_of: dict[str, int] = {}
    for row, (detid, srcid, name) in enumerate(
        zip(detids.tolist(), srcids.tolist(), names, strict=True), start=1
    ):
        if row in found:
            continue
        if detid in seen:
            found[row] = f"DETID {detid} stands in an earlier row"
        elif srcid_of.setdefault(name, srcid) != srcid:
            found[row] = f"{name} is SRCID {srcid_of[name]} in an earlier row, here {srcid}"
        else:
            seen.add(detid)


def _sources(table: FitsTable, rows: Rows, starts: Rows) -> list[CatalogueSource]:
    first = rows[starts]
    names = table.texts("IAUNAME", first)
    ra, dec = _source_column(table, "RA", first), _source_column(table, "DEC", first)
    errors = _source_column(table, "POSERR", first)
    features = as_dictionaries(
        {"gal_lat_deg": galactic_latitude_deg(ra, dec)} | _source_features(table, rows, starts)
    )
    detections = _detections(table, rows)
    groups = np.split(np.arange(len(rows)), starts[1:])
    return [
        CatalogueSource(
            names[i],
            float(ra[i]),
            float(dec[i]),
            float(errors[i]) if np.isfinite(errors[i]) else None,
            features[i],
            tuple(detections[j] for j in group),
        )
        for i, group in enumerate(groups)
    ]


def _source_column(table: FitsTable, name: str, rows: Rows) -> FloatArray:
    merged = f"SC_{name}"
    return table.numbers(merged if merged in table else name, rows)


def _detections(table: FitsTable, rows: Rows) -> list[CatalogueDetection]:
    columns: dict[str, FloatArray] = {}
    for name in OF_DETECTION:
        columns[name], columns[f"{name}_err"] = _of_detections(table, name, rows)
    columns["chi2_prob"] = _probability(table, "EP_CHI2PROB", "VAR_FLAG", rows)
    detids, obsids = table.integers("DETID", rows).tolist(), table.texts("OBS_ID", rows)
    found = zip(rows.tolist(), detids, obsids, as_dictionaries(columns), strict=True)
    return [CatalogueDetection(row + 1, str(detid), obsid, features) for row, detid, obsid, features in found]


def _source_features(table: FitsTable, rows: Rows, starts: Rows) -> dict[str, FloatArray]:
    first = rows[starts]
    columns: dict[str, FloatArray] = {}
    for name, merged in OF_SOURCE.items():
        measured = (
            _measured(table, merged, first)
            if merged in table
            else _weighted_mean(*_of_detections(table, name, rows), starts)
        )
        columns[name], columns[f"{name}_err"] = measured
    columns["chi2_prob"] = _probability(table, "SC_CHI2PROB", "SC_VAR_FLAG", first)
    return columns | _variability(table, first)


def _of_detections(table: FitsTable, name: str, rows: Rows) -> tuple[FloatArray, FloatArray]:
    present = [column for column in OF_DETECTION[name] if column in table]
    if not present and name.startswith("hr"):
        return _ratio_of_rates(table, int(name[2:]), rows)
    return _measured(table, present[0] if present else OF_DETECTION[name][0], rows)


def _measured(table: FitsTable, name: str, rows: Rows) -> tuple[FloatArray, FloatArray]:
    value, error = table.numbers(name, rows), table.numbers(f"{name}_ERR", rows)
    lost = (value == 0) & (error == 0)
    return np.where(lost, np.nan, value), np.where(lost, np.nan, error)


def _ratio_of_rates(table: FitsTable, n: int, rows: Rows) -> tuple[FloatArray, FloatArray]:
    """HRn = (R[n+1] - R[n]) / (R[n+1] + R[n]) of the pn camera's rates, with its first-order error."""
    soft, soft_err = _measured(table, f"PN_{n}_RATE", rows)
    hard, hard_err = _measured(table, f"PN_{n + 1}_RATE", rows)
    total = np.where(soft + hard > 0, soft + hard, np.nan)
    error: FloatArray = 2 * np.hypot(soft * hard_err, hard * soft_err) / total**2
    ratio: FloatArray = (hard - soft) / total
    return ratio, error


def _weighted_mean(value: FloatArray, error: FloatArray, starts: Rows) -> tuple[FloatArray, FloatArray]:
    known = np.isfinite(value) & (error > 0)
    weight = np.where(known, 1 / np.square(np.where(known, error, 1.0)), 0.0)
    weights = np.add.reduceat(weight, starts)
    weights = np.where(weights > 0, weights, np.nan)
    sums = np.add.reduceat(np.where(known, value, 0.0) * weight, starts)
    return sums / weights, 1 / np.sqrt(weights)


def _probability(table: FitsTable, name: str, flag: str, rows: Rows) -> FloatArray:
    probability = table.numbers(name, rows)
    if flag not in table:
        return probability
    lost = (probability == 0) & ~_is_true(table, flag, rows)
    return np.where(lost, np.nan, probability)


def _is_true(table: FitsTable, name: str, rows: Rows) -> npt.NDArray[np.bool_]:
    return np.array([value in {"True", "T", "t", "1"} for value in table.texts(name, rows)])


def _variability(table: FitsTable, first: Rows) -> dict[str, FloatArray]:
    fmin, fmin_err = _measured(table, "SC_EP_8_FMIN", first)
    fmax, fmax_err = _measured(table, "SC_EP_8_FMAX", first)
    several = fmax > fmin
    error: FloatArray = np.hypot(fmin_err / fmin, fmax_err / fmax) / np.log(10)
    bounds = log10_or_nan(fmax - fmax_err) - log10_or_nan(fmin + fmin_err)
    return {
        "log_fmax_fmin": log_variability(fmin, fmax),
        "log_fmax_fmin_err": np.where(several, error, np.nan),
        "log_fmaxlo_fminup": np.where(several, bounds, np.nan),
    }
