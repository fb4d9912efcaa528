"""Light curves: PPS source curves (SRCTSR), epiclccorr, evselect, and flare curves (FBKTSR)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MalformedFits
from pipeline.measure.goodtime import GoodTime, elapsed_good, good_time, union
from pipeline.readers.events import CAMERAS
from pipeline.readers.fitsfile import column, opened_fits, require_hdu


@dataclass(frozen=True, eq=False)
class RateCurve:
    """A light curve as a file gives it.

    Attributes
    ----------
    name : str
        File name, for messages.
    camera, obsid : str
        Camera (``PN``, ``M1``, ``M2``, or as INSTRUME says) and observation; empty when unknown.
    time_s : ndarray of shape (n,), float64
        Bin centres, s of mission time (MJD 50814 + time / 86400, TT).
    bin_s : float
        Width of a bin.
    rate, error : ndarray of shape (n,), float64
        Count rates in s-1; NaN where not exposed.
    fraction_exposed : ndarray of shape (n,), float64
        FRACEXP; where the file has none, the share of each bin in good time (1 without intervals).
    background, background_error : ndarray of shape (n,), float64
        Subtracted background (BACKV, BACKE); NaN where the file has none.
    net : bool
        Whether background has been subtracted (HDUCLAS2).
    good : GoodTime
        Union of the good time tables of the file.
    flare_threshold : float
        FLCUTTHR of a flare curve, s-1; NaN otherwise.
    """

    name: str
    camera: str
    obsid: str
    time_s: NDArray[np.float64]
    bin_s: float
    rate: NDArray[np.float64]
    error: NDArray[np.float64]
    fraction_exposed: NDArray[np.float64]
    background: NDArray[np.float64]
    background_error: NDArray[np.float64]
    net: bool
    good: GoodTime
    flare_threshold: float

    def __len__(self) -> int:
        return len(self.time_s)

    def usable(self, least_fraction: float = 0.5) -> NDArray[np.bool_]:
        """Bins with a rate that were exposed for more than a fraction of their width."""
        return np.isfinite(self.rate) & np.isfinite(self.error) & (self.fraction_exposed > least_fraction)


def read_rate_curve(path: Path) -> RateCurve:
    """Read a light curve of any of the forms that XMM-Newton's software writes.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped, with an HDU ``RATE`` (columns TIME, RATE, ERROR).

    Returns
    -------
    RateCurve

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits, MissingHdu, MissingColumn
        What the file lacks.
    """
    with opened_fits(path) as hdus:
        table = require_hdu(hdus, "RATE", path)
        header = table.header
        time, rate, error = (column(table, n, path).astype(np.float64) for n in ("TIME", "RATE", "ERROR"))
        good = union([_intervals(hdu, path) for hdu in hdus[1:] if _is_good_time(hdu)])
        width = _width(table, time, path)
        instrument = str(header.get("INSTRUME", hdus[0].header.get("INSTRUME", ""))).strip()
        return RateCurve(
            name=path.name,
            camera=CAMERAS.get(instrument, instrument),
            obsid=str(header.get("OBS_ID", hdus[0].header.get("OBS_ID", ""))).strip(),
            time_s=time,
            bin_s=width,
            rate=rate,
            error=error,
            fraction_exposed=_fraction(table, (time, width), good, path),
            background=_or_nan(table, "BACKV", path),
            background_error=_or_nan(table, "BACKE", path),
            net=str(header.get("HDUCLAS2", "")).strip().upper() == "NET",
            good=good,
            flare_threshold=float(header.get("FLCUTTHR", np.nan)),
        )


def _is_good_time(hdu: Any) -> bool:
    return {"START", "STOP"} <= set(getattr(getattr(hdu, "columns", None), "names", ()))


def _intervals(hdu: Any, path: Path) -> GoodTime:
    return good_time(column(hdu, "START", path), column(hdu, "STOP", path))


def _width(table: Any, time: NDArray[np.float64], path: Path) -> float:
    if "TIMEDEL" in table.header:
        width = float(table.header["TIMEDEL"])
    elif "TIMEDEL" in table.columns.names and len(time):
        width = float(np.median(column(table, "TIMEDEL", path)))
    else:
        width = float(np.median(np.diff(time))) if len(time) > 1 else np.nan
    if not (np.isfinite(width) and width > 0):
        raise MalformedFits(
            f"{path.name}[RATE]: the bins have no width (TIMEDEL, TIME); is it a light curve?"
        )
    return width


def _fraction(
    table: Any, bins: tuple[NDArray[np.float64], float], good: GoodTime, path: Path
) -> NDArray[np.float64]:
    time, width = bins
    if "FRACEXP" in table.columns.names:
        return column(table, "FRACEXP", path).astype(np.float64)
    if len(good.start) == 0:
        return np.ones(len(time))
    edges = np.column_stack([time - width / 2, time + width / 2])
    return np.diff(elapsed_good(good, edges.ravel()).reshape(edges.shape), axis=1)[:, 0] / width


def _or_nan(table: Any, name: str, path: Path) -> NDArray[np.float64]:
    if name in table.columns.names:
        return column(table, name, path).astype(np.float64)
    return np.full(len(table.data), np.nan)
