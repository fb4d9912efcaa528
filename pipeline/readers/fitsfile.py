"""Opening FITS files so that damage is noticed and named."""

from __future__ import annotations

import gzip
import hashlib
import io
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from pipeline.errors import MalformedFits, MissingColumn, MissingHdu, TruncatedFits, UnreadableFile

# What numpy and astropy raise when they trip over a broken header or table.
_STUMBLES = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    MemoryError,
    RecursionError,
    fits.VerifyError,
)
_CARD = 80
_COUNTED = (b"NAXIS   = ", b"TFIELDS = ")
FITS_SUFFIXES = (".fits", ".fit", ".fts", ".ftz", ".ft")
OTHER_SUFFIXES = (".evt", ".ds", ".img", ".rmf", ".rsp", ".arf", ".pha", ".pi", "grp", ".lc")
BEGINNINGS = (b"SIMPLE", b"\x1f\x8b")


def is_fits_name(path: Path) -> bool:
    """Whether a file must be FITS by its name (PPS files end in .FTZ), or may be and begins like one."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(FITS_SUFFIXES) or (name.endswith(OTHER_SUFFIXES) and _begins_like_fits(path))


def _begins_like_fits(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(6).startswith(BEGINNINGS)
    except OSError:
        return False


@contextmanager
def opened_fits(path: Path) -> Iterator[Any]:
    """Open a FITS file read-only, plain or gzipped, and check that it is whole.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    astropy.io.fits.HDUList

    Raises
    ------
    TruncatedFits
        The file ends early, or its compression is damaged.
    MalformedFits
        What is done with the open file fails on one of its values.
    UnreadableFile
        The file cannot be opened.
    """
    # Real headers break the standard in harmless ways; of astropy's warnings only truncation matters here.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            content = _content(path)
            _refuse_strangers(content, path)
            _refuse_endless(content, path)
            with fits.open(content, mode="readonly", memmap=False) as hdus:
                len(hdus)  # reads every header, so that a short file shows
                _refuse_truncation(path, [str(w.message) for w in caught])
                yield hdus
        except (EOFError, zlib.error) as error:
            raise TruncatedFits(_damaged(path)) from error
        except (FileNotFoundError, PermissionError) as error:
            raise UnreadableFile(
                f"{path.name}: cannot be opened ({error.strerror}); check path and rights"
            ) from error
        except OSError as error:
            raise TruncatedFits(_damaged(path)) from error
        except _STUMBLES as error:
            message = f"{path.name}: a header or table cannot be understood ({error}); download it again"
            raise MalformedFits(message) from error


def _content(path: Path) -> io.BytesIO:
    """All bytes, unpacked where the file is gzipped: as a whole, because astropy ignores a lost end."""
    content = path.read_bytes()
    return io.BytesIO(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)


def _refuse_strangers(content: io.BytesIO, path: Path) -> None:
    """A text or a picture under a FITS name is not a damaged file, and fetching it again would not help."""
    begin = content.getvalue()[:9]
    if begin and not begin.startswith(b"SIMPLE"):
        raise MalformedFits(f"{path.name}: not a FITS file (it begins with {begin!r}); leave it out")


def _refuse_endless(content: io.BytesIO, path: Path) -> None:
    """Refuse numbers of axes or columns beyond the standard's 999, which astropy would count up to."""
    raw = content.getvalue()
    for name in _COUNTED:
        at = raw.find(name)
        while at >= 0:
            value = raw[at + len(name) : at + 70].split(b"/")[0].strip()
            if at % _CARD == 0 and value.isdigit() and len(value.lstrip(b"0")) > 3:
                raise MalformedFits(
                    f"{path.name}: {name[:8].decode().strip()} is {value.decode()}, but at most 999 may be; "
                    "download it again"
                )
            at = raw.find(name, at + 1)


def _refuse_truncation(path: Path, messages: list[str]) -> None:
    if any("truncated" in message.lower() for message in messages):
        raise TruncatedFits(_damaged(path))


def _damaged(path: Path) -> str:
    return f"{path.name}: the FITS file is truncated or damaged; download it again"


def require_hdu(hdus: Any, name: str, path: Path) -> Any:
    """The extension of a name, or `MissingHdu` saying what the file has instead."""
    if name in hdus:
        return hdus[name]
    present = ", ".join(hdu.name for hdu in hdus[:8])
    raise MissingHdu(f"{path.name}: no HDU {name} (found: {present}); is this the right kind of file?")


def column(table: Any, name: str, path: Path) -> NDArray[Any]:
    """A column as a fresh array in native byte order, or `MissingColumn`."""
    if name not in table.columns.names:
        found = ", ".join(table.columns.names[:16])
        raise MissingColumn(
            f"{path.name}[{table.name}]: no column {name} (found: {found}); restore or rename it"
        )
    values = np.asarray(table.data[name])
    return values.astype(values.dtype.newbyteorder("="))


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes; `UnreadableFile` when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(
            f"{path.name}: cannot be read ({error.strerror}); check path and rights"
        ) from error
