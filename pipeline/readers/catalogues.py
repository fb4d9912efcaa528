"""Source catalogues (4XMM detections, slim, stacked) by column name, with units."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from astropy.table import Table

from pipeline.errors import MissingColumn, MissingHdu
from pipeline.readers.fitsfile import opened_fits
from pipeline.readers.region_files import Ellipse, RegionList
from pipeline.readers.tables import Position

LEAST_LIKELIHOOD: Final = 6.0
"""Of a detection in the 4XMM catalogue."""
EXTENT_RADII: Final = 3.0
IMAGE_PIXEL_ARCSEC: Final = 4.0
LEAST_RADIUS_ARCSEC: Final = 30.0
_LIKELIHOODS: Final = ("EP_8_DET_ML", "EP_DET_ML", "DET_ML", "LIKE")
_EXTENTS: Final = ("EP_EXTENT", "EXTENT", "EXT")
_NUMBERS: Final = ("SRC_NUM", "ML_ID_SRC")


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


def read_source_list(path: Path) -> RegionList:
    """Read the sources of one observation from a list of the archive or of the SAS.

    Parameters
    ----------
    path : Path
        PPS file of type OBSMLI, or what emldetect or eboxdetect wrote.

    Returns
    -------
    RegionList
        Point sources with the number that the list gives them, and extended ones as circles of three core
        radii (at least 30 arcsec). Of emldetect's rows those that stand for all cameras and bands count; a
        row of a likelihood below 6 does not.

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits, MissingHdu, MissingColumn
        What the file lacks.
    """
    table = read_catalogue(path)
    ra, dec = numbers(table, "RA"), numbers(table, "DEC")
    likelihood, extent = _first(table, _LIKELIHOODS), np.nan_to_num(_first(table, _EXTENTS))
    number = np.nan_to_num(_first(table, _NUMBERS)).astype(np.int64)
    extent *= _extent_unit(table)
    real = np.isfinite(ra) & np.isfinite(dec) & ~(likelihood < LEAST_LIKELIHOOD) & _is_summary(table)
    rows = np.flatnonzero(real)
    radius = np.maximum(EXTENT_RADII * extent, LEAST_RADIUS_ARCSEC)
    points = [
        Position(float(ra[n]) % 360.0, float(dec[n]), "", int(number[n])) for n in rows if not extent[n] > 0
    ]
    wide = [
        Ellipse(float(ra[n]) % 360.0, float(dec[n]), float(radius[n]), float(radius[n]), 0.0)
        for n in rows
        if extent[n] > 0
    ]
    return RegionList(tuple(points), tuple(wide))


def _first(table: Any, names: Iterable[str]) -> Any:
    """The first of some columns that the table has, else NaN."""
    return numbers(table, next((name for name in names if name in table.colnames), ""))


def _extent_unit(table: Any) -> float:
    """Arcsec per unit of the extent: lists of the SAS may give it in image pixels."""
    name = next((name for name in _EXTENTS if name in table.colnames), None)
    unit = str(table[name].unit or "").lower() if name else ""
    return IMAGE_PIXEL_ARCSEC if unit.startswith(("pix", "image")) else 1.0


def _is_summary(table: Any) -> Any:
    """Rows that stand for all cameras and bands, where a list has rows for each of them too."""
    keep = np.ones(len(table), dtype=bool)
    for name in ("ID_INST", "ID_BAND"):
        values = numbers(table, name)
        if np.isfinite(values).any() and (values == 0).any():
            keep &= values == 0
    return keep
