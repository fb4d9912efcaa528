"""The first table of a FITS file, columns by name; what is wrong with the file is said in one sentence."""

import gzip
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from astropy.io import fits
from astropy.io.fits.verify import VerifyWarning
from astropy.utils.exceptions import AstropyUserWarning

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.features import FloatArray

Rows = npt.NDArray[np.intp]
SHOWN_NAMES = 12
DAMAGED = "the FITS file is truncated or damaged; fetch it again"
GZIP = b"\x1f\x8b"


class FitsTable:
    """Columns are read when asked for, of the rows asked for: a catalogue is larger than memory likes."""

    def __init__(self, data: fits.FITS_rec) -> None:
        self._data = data
        self._names = {name.upper(): name for name in data.names}

    def __len__(self) -> int:
        return len(self._data)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def require(self, names: Sequence[str]) -> None:
        missing = [name for name in names if name not in self]
        if missing:
            found = ", ".join(list(self._names)[:SHOWN_NAMES])
            raise UnusableFile(
                f"the table lacks the column(s) {', '.join(missing)}; it has {len(self._names)}: {found}, ..."
            )

    def numbers(self, name: str, rows: Rows) -> FloatArray:
        """Float64; NaN in every row where there is no such column."""
        if name not in self:
            return np.full(len(rows), np.nan)
        return np.asarray(self._column(name, rows), dtype=np.float64)

    def integers(self, name: str, rows: Rows) -> npt.NDArray[np.int64]:
        return np.asarray(self._column(name, rows), dtype=np.int64)

    def texts(self, name: str, rows: Rows) -> list[str]:
        return [str(value).strip() for value in self._column(name, rows)]

    def _column(self, name: str, rows: Rows) -> Any:
        try:
            return self._data[self._names[name]][rows]
        except (TypeError, ValueError) as error:
            raise UnusableFile(f"the column {name} cannot be read: {error}") from error


@contextmanager
def open_table(path: Path) -> Iterator[FitsTable]:
    """The file's first binary table, whole."""
    if not path.is_file():
        raise UnusableFile("there is no such file")
    # Opened here, because astropy leaves a file open that it fails to read.
    with path.open("rb") as file:
        hdus = _open(path, file)
        try:
            yield _first_table(path, hdus)
        finally:
            hdus.close()


def _open(path: Path, file: BinaryIO) -> fits.HDUList:
    with warnings.catch_warnings():
        # A truncated file must fail; slips in the header's wording must not.
        warnings.simplefilter("error", AstropyUserWarning)
        warnings.simplefilter("ignore", VerifyWarning)
        warnings.filterwarnings("error", message="Error validating header", category=VerifyWarning)
        try:
            return fits.open(file, memmap=True, lazy_load_hdus=False)
        except (OSError, EOFError, ValueError, TypeError, AstropyUserWarning) as error:
            raise UnusableFile(_what_is_wrong(path, error)) from error


def _what_is_wrong(path: Path, error: BaseException) -> str:
    with path.open("rb") as file:
        start = file.read(9)
    if not start:
        return "the file is empty"
    if start.startswith((b"SIMPLE  =", GZIP)):
        return DAMAGED
    return f"this is not a FITS file ({error})"


def _first_table(path: Path, hdus: fits.HDUList) -> FitsTable:
    tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU)]
    if not tables:
        _check_compression(path)
        raise UnusableFile("the FITS file holds no table")
    try:
        table = FitsTable(tables[0].data)
    except (OSError, EOFError, ValueError, TypeError, AstropyUserWarning) as error:
        raise UnusableFile(DAMAGED) from error
    if not len(table):
        raise UnusableFile("the table holds no rows")
    return table


def _check_compression(path: Path) -> None:
    """A gzip file that ends early can look like a FITS file with fewer extensions."""
    with path.open("rb") as file:
        if file.read(2) != GZIP:
            return
    try:
        with gzip.open(path) as content:
            while content.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile(DAMAGED) from error
