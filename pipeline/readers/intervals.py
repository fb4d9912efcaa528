"""Flare light curves (FBKTSR) and good-time files: when the background was quiet."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.errors import MissingHdu, MissingKeyword
from pipeline.measure.goodtime import GoodTime, good_time, quiet_time
from pipeline.readers.fitsfile import column, opened_fits, require_hdu


def read_flare_good_time(path: Path) -> GoodTime:
    """Good time of an XMM-Newton flare background light curve: RATE <= FLCUTTHR.

    Parameters
    ----------
    path : Path
        PPS file of type FBKTSR.

    Returns
    -------
    GoodTime

    Raises
    ------
    MissingHdu, MissingColumn, MissingKeyword, TruncatedFits, UnreadableFile
        What the file lacks.
    """
    with opened_fits(path) as hdus:
        table = require_hdu(hdus, "RATE", path)
        if "FLCUTTHR" not in table.header:
            raise MissingKeyword(f"{path.name}[RATE]: no keyword FLCUTTHR; give a *_gti.fits file instead")
        time = column(table, "TIME", path).astype(np.float64)
        rate = column(table, "RATE", path).astype(np.float64)
        spacing = float(np.median(np.diff(time))) if len(time) > 1 else 100.0
        bin_s = float(table.header.get("TIMEDEL", spacing))
        return quiet_time(time, rate, bin_s, float(table.header["FLCUTTHR"]))


def read_good_time(path: Path) -> GoodTime:
    """Intervals of the first table with START and STOP.

    Parameters
    ----------
    path : Path
        FITS file as written by the SAS task tabgtigen.

    Returns
    -------
    GoodTime

    Raises
    ------
    MissingHdu, TruncatedFits, UnreadableFile
        What is wrong with the file.
    """
    with opened_fits(path) as hdus:
        for hdu in hdus[1:]:
            if {"START", "STOP"} <= set(getattr(hdu.columns, "names", ())):
                return good_time(column(hdu, "START", path), column(hdu, "STOP", path))
    raise MissingHdu(f"{path.name}: no table with columns START and STOP; is this a good-time file?")
