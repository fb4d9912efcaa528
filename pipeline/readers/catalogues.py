"""Source catalogues (4XMM detections, slim, stacked) by column name, with units."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table

from pipeline.errors import MissingColumn, MissingHdu
from pipeline.readers.fitsfile import opened_fits


def read_catalogue(path: Path, required: Iterable[str] = ("RA", "DEC")) -> Any:
    """Read the first table of a catalogue file.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped.
    required : iterable of str
        Columns that must be there (any letter case); others may come and go between releases.

    Returns
    -------
    astropy.table.Table
        All columns in native byte order, upper-case names, units as the file says; blank integers and NaN
        are masked. The file is not changed.

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits, MissingHdu, MissingColumn
        What the file lacks.
    """
    with opened_fits(path) as hdus:
        number = next((n for n, hdu in enumerate(hdus) if hasattr(hdu, "columns")), None)
        if number is None:
            raise MissingHdu(f"{path.name}: no table; is this a catalogue?")
        table = Table.read(hdus, hdu=number, format="fits", unit_parse_strict="silent")
        _rename(table)
        missing = [name for name in required if name.upper() not in table.colnames]
        if missing:
            raise MissingColumn(
                f"{path.name}[{hdus[number].name}]: no column {', '.join(missing)}; is it a source catalogue?"
            )
        for name in table.colnames:
            values = table[name]
            if not values.dtype.isnative:
                table[name] = values.astype(values.dtype.newbyteorder("="))
        return table


def _rename(table: Any) -> None:
    for name in list(table.colnames):
        if name != name.upper() and name.upper() not in table.colnames:
            table.rename_column(name, name.upper())


def numbers(table: Any, name: str) -> Any:
    """A column as float64, NaN where masked or where the catalogue has no such column.

    Parameters
    ----------
    table : astropy.table.Table
        As read by `read_catalogue`.
    name : str
        Column, in upper case.

    Returns
    -------
    ndarray of shape (n,), float64
    """
    if name not in table.colnames:
        return np.full(len(table), np.nan)
    return np.ma.filled(np.ma.asarray(table[name]).astype(np.float64), np.nan)
