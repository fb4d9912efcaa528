"""OGIP spectra (PHA files, OGIP/92-007): counts per channel with grouping, quality and scalings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MalformedFits, MissingColumn, MissingKeyword
from pipeline.readers.fitsfile import column, opened_fits, require_hdu


@dataclass(frozen=True, eq=False)
class PhaSpectrum:
    """A spectrum as a file gives it.

    Attributes
    ----------
    name : str
        File name, for messages.
    telescope, instrument, obsid : str
        From the header; empty when it is silent.
    channel : ndarray of shape (n,), int64
        Channel numbers.
    first_channel : int
        Lowest legal channel (TLMIN of CHANNEL): 0 for EPIC, 1 for Chandra and RGS.
    counts : ndarray of shape (n,), float64
        Counts; a RATE column is multiplied by the exposure.
    error : ndarray of shape (n,) or None
        Errors of the counts where the file states them.
    poisson : bool
        Whether the errors are Poisson's.
    quality, grouping : ndarray of shape (n,), int64
        OGIP flags: quality 0 is good; grouping 1 starts a bin, -1 continues it, 0 stands alone.
    backscal, areascal : ndarray of shape (n,), float64
        Scalings (keyword or column); the net spectrum is S - B * areas * exposures ratio.
    exposure_s : float
        Exposure in s.
    background_file, response_file, ancillary_file : str
        File names from the header; empty for ``none`` or when absent.
    channel_ev : float
        Width of a channel in eV (SPECDELT); NaN when absent.
    """

    name: str
    telescope: str
    instrument: str
    obsid: str
    channel: NDArray[np.int64]
    first_channel: int
    counts: NDArray[np.float64]
    error: NDArray[np.float64] | None
    poisson: bool
    quality: NDArray[np.int64]
    grouping: NDArray[np.int64]
    backscal: NDArray[np.float64]
    areascal: NDArray[np.float64]
    exposure_s: float
    background_file: str
    response_file: str
    ancillary_file: str
    channel_ev: float = math.nan

    def __len__(self) -> int:
        return len(self.channel)

    def group_starts(self) -> NDArray[np.int64]:
        """Row numbers where groups begin: every row that does not continue the one before it."""
        begins = self.grouping != -1
        begins[:1] = True
        return np.nonzero(begins)[0]


def read_spectrum(path: Path) -> PhaSpectrum:
    """Read an OGIP spectrum of source or background.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped, with an HDU ``SPECTRUM``.

    Returns
    -------
    PhaSpectrum
        Arrays in native byte order; the file is not changed.

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits, MissingHdu, MissingColumn, MissingKeyword
        What the file lacks.
    """
    with opened_fits(path) as hdus:
        table = require_hdu(hdus, "SPECTRUM", path)
        header = table.header
        channel = column(table, "CHANNEL", path).astype(np.int64)
        exposure = _exposure(header, path)
        counts, error = _counts(table, exposure, path)
        return PhaSpectrum(
            name=path.name,
            telescope=str(header.get("TELESCOP", "")).strip(),
            instrument=str(header.get("INSTRUME", "")).strip(),
            obsid=str(header.get("OBS_ID", "")).strip(),
            channel=channel,
            first_channel=first_legal(table, "CHANNEL", channel),
            counts=counts,
            error=error,
            poisson=bool(header.get("POISSERR", error is None)),
            exposure_s=exposure,
            background_file=_file(header, "BACKFILE"),
            response_file=_file(header, "RESPFILE"),
            ancillary_file=_file(header, "ANCRFILE"),
            quality=_flags(table, "QUALITY", path),
            grouping=_flags(table, "GROUPING", path),
            backscal=_scale(table, "BACKSCAL", path),
            areascal=_scale(table, "AREASCAL", path),
            channel_ev=float(header.get("SPECDELT", math.nan)),
        )


def first_legal(table: Any, name: str, values: NDArray[np.int64]) -> int:
    """Lowest legal value of a column: its TLMIN, else the lowest there is, else 0."""
    number = table.columns.names.index(name) + 1
    lowest = table.header.get(f"TLMIN{number}")
    return int(float(lowest)) if lowest is not None else int(values.min(initial=0) if len(values) else 0)


def _exposure(header: Any, path: Path) -> float:
    if "EXPOSURE" not in header:
        raise MissingKeyword(f"{path.name}[SPECTRUM]: no keyword EXPOSURE; rates cannot be made")
    exposure = float(header["EXPOSURE"])
    if not (np.isfinite(exposure) and exposure > 0):
        raise MalformedFits(f"{path.name}[SPECTRUM]: EXPOSURE is {exposure}, not a positive time in s")
    return exposure


def _counts(
    table: Any, exposure: float, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    names = table.columns.names
    kind = next((name for name in ("COUNTS", "RATE") if name in names), None)
    if kind is None:
        raise MissingColumn(f"{path.name}[SPECTRUM]: no column COUNTS or RATE (found: {', '.join(names)})")
    factor = exposure if kind == "RATE" else 1.0
    values = column(table, kind, path).astype(np.float64) * factor
    if values.ndim != 1 or not np.all(np.isfinite(values)):
        raise MalformedFits(f"{path.name}[SPECTRUM]: {kind} is not one finite number per channel")
    has_error = "STAT_ERR" in names
    return values, column(table, "STAT_ERR", path).astype(np.float64) * factor if has_error else None


def _flags(table: Any, name: str, path: Path) -> NDArray[np.int64]:
    if name in table.columns.names:
        return column(table, name, path).astype(np.int64)
    return np.full(len(table.data), int(table.header.get(name, 0)), dtype=np.int64)


def _scale(table: Any, name: str, path: Path) -> NDArray[np.float64]:
    if name in table.columns.names:
        return column(table, name, path).astype(np.float64)
    return np.full(len(table.data), float(table.header.get(name, 1.0)))


def _file(header: Any, name: str) -> str:
    text = str(header.get(name, "")).strip()
    return "" if text.lower() == "none" else text
