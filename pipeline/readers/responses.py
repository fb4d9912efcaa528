"""Responses: effective areas (ARF) and redistribution matrices (RMF), CAL/GEN/92-002 and 92-002a."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipeline.errors import BadResponse, MissingHdu
from pipeline.readers.fitsfile import column, opened_fits, require_hdu
from pipeline.readers.spectra import first_legal

MATRIX_NAMES: Final = ("MATRIX", "SPECRESP MATRIX")


@dataclass(frozen=True, eq=False)
class EffectiveArea:
    """An ancillary response.

    Attributes
    ----------
    name : str
        File name, for messages.
    low_kev, high_kev : ndarray of shape (n,), float64
        Energy bins.
    area_cm2 : ndarray of shape (n,), float64
        Effective area.
    """

    name: str
    low_kev: NDArray[np.float64]
    high_kev: NDArray[np.float64]
    area_cm2: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Redistribution:
    """A redistribution matrix.

    Attributes
    ----------
    name : str
        File name, for messages.
    low_kev, high_kev : ndarray of shape (n,), float64
        Bins of the photons' true energy.
    matrix : scipy.sparse.csr_array of shape (n, m), float64
        Chance that a photon of energy bin i is recorded in channel row j; efficiency may be inside.
    channel : ndarray of shape (m,), int64
        Channel numbers of EBOUNDS.
    channel_low_kev, channel_high_kev : ndarray of shape (m,), float64
        Nominal energies of the channels.
    """

    name: str
    low_kev: NDArray[np.float64]
    high_kev: NDArray[np.float64]
    matrix: Any
    channel: NDArray[np.int64]
    channel_low_kev: NDArray[np.float64]
    channel_high_kev: NDArray[np.float64]


def read_area(path: Path) -> EffectiveArea:
    """Read an ancillary response file (ARF).

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped, with an HDU ``SPECRESP``.

    Returns
    -------
    EffectiveArea

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits, MissingHdu, MissingColumn
        What the file lacks.
    BadResponse
        Energies do not rise, or an area is not a number.
    """
    with opened_fits(path) as hdus:
        table = require_hdu(hdus, "SPECRESP", path)
        low, high, area = (
            column(table, name, path).astype(np.float64) for name in ("ENERG_LO", "ENERG_HI", "SPECRESP")
        )
        _refuse_disorder(low, high, path)
        if area.shape != low.shape or not np.all(np.isfinite(area)):
            raise BadResponse(f"{path.name}[SPECRESP]: SPECRESP is not one finite area per energy")
        return EffectiveArea(path.name, low, high, area)


def read_redistribution(path: Path) -> Redistribution:
    """Read a redistribution matrix file (RMF).

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped, with an HDU ``MATRIX`` or ``SPECRESP MATRIX``, and ``EBOUNDS``.

    Returns
    -------
    Redistribution
        F_CHAN and N_CHAN may be scalars, fixed vectors or variable-length arrays; only the first N_GRP
        entries of a row count, and a row of no groups stays empty. Channels count from TLMIN of F_CHAN, and
        where that is absent from the first channel of EBOUNDS.

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits, MissingHdu, MissingColumn
        What the file lacks.
    BadResponse
        The groups of a row do not fit its numbers or the channels.
    """
    with opened_fits(path) as hdus:
        bounds = require_hdu(hdus, "EBOUNDS", path)
        channel = column(bounds, "CHANNEL", path).astype(np.int64)
        edges = [column(bounds, name, path).astype(np.float64) for name in ("E_MIN", "E_MAX")]
        table = _matrix_table(hdus, path)
        low, high = (column(table, name, path).astype(np.float64) for name in ("ENERG_LO", "ENERG_HI"))
        _refuse_disorder(low, high, path)
        if len(channel) == 0:
            raise BadResponse(f"{path.name}[EBOUNDS]: no channel; is the file whole?")
        has_first = f"TLMIN{table.columns.names.index('F_CHAN') + 1}" in table.header
        first = first_legal(table, "F_CHAN", channel) if has_first else int(channel[0])
        matrix = _matrix(table, first, len(channel), path)
        return Redistribution(path.name, low, high, matrix, channel, edges[0], edges[1])


def _matrix_table(hdus: Any, path: Path) -> Any:
    found = [hdus[name] for name in MATRIX_NAMES if name in hdus]
    for table in found:
        names = table.columns.names
        missing = [name for name in ("N_GRP", "F_CHAN", "N_CHAN", "MATRIX") if name not in names]
        if missing:
            column(table, missing[0], path)
        return table
    present = ", ".join(hdu.name for hdu in hdus[:8])
    raise MissingHdu(f"{path.name}: no HDU {' or '.join(MATRIX_NAMES)} (found: {present}); give an RMF")


def _refuse_disorder(low: NDArray[np.float64], high: NDArray[np.float64], path: Path) -> None:
    good = low.ndim == 1 and len(low) > 0 and bool(np.all(high > low) and np.all(np.diff(low) > 0))
    if not good or low[0] < 0 or not np.isfinite(high[-1]):
        raise BadResponse(f"{path.name}: the energies ENERG_LO, ENERG_HI do not rise; is the file damaged?")


def _matrix(table: Any, first: int, channels: int, path: Path) -> Any:
    rows = zip(*(table.data[name] for name in ("N_GRP", "F_CHAN", "N_CHAN", "MATRIX")), strict=True)
    placed = [_row(number, parts, (first, channels), path) for number, parts in enumerate(rows)]
    lengths = [len(columns) for columns, _ in placed]
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    columns = np.concatenate([columns for columns, _ in placed])
    values = np.concatenate([values for _, values in placed])
    return sparse.csr_array((values, columns, pointers), shape=(len(placed), channels))


def _row(
    number: int, parts: tuple[Any, ...], grid: tuple[int, int], path: Path
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Channel rows and values of one energy; `grid` is the first channel's number and how many there are."""
    groups = int(parts[0])
    starts, lengths = (np.atleast_1d(np.asarray(part)).astype(np.int64)[:groups] for part in parts[1:3])
    values = np.atleast_1d(np.asarray(parts[3], dtype=np.float64))
    first, channels = grid
    starts = starts - first
    if groups < 0 or len(starts) < groups or len(lengths) < groups or int(lengths.sum()) > len(values):
        raise BadResponse(f"{path.name}[MATRIX] row {number + 1}: its groups and its numbers do not match")
    inside = np.all(lengths >= 0) and np.all(starts >= 0) and np.all(starts + lengths <= channels)
    if not inside or not np.all(np.isfinite(values)):
        raise BadResponse(f"{path.name}[MATRIX] row {number + 1}: leaves the {channels} channels of EBOUNDS")
    columns = [np.arange(start, start + length) for start, length in zip(starts, lengths, strict=True)]
    joined = np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
    return joined, values[: len(joined)]
