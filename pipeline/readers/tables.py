"""Position lists and counterpart tables (CSV)."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.errors import BadTable, MissingColumn, UnreadableFile

T = TypeVar("T")
COUNTERPART_COLUMNS = ("bmag", "rmag", "w1mag", "w2mag", "proper_motion_masyr")
PARALLAX_COLUMNS = ("parallax_mas", "parallax_err_mas")
"""These may be missing."""


@dataclass(frozen=True)
class Position:
    """A place on the sky, ICRS deg, with an optional name (empty) and number in a source list (0)."""

    ra_deg: float
    dec_deg: float
    name: str = ""
    number: int = 0


@dataclass(frozen=True)
class Counterpart:
    """An optical or infrared object: magnitudes, proper motion (mas/yr), parallax (mas); NaN = not known."""

    position: Position
    bmag: float
    rmag: float
    w1mag: float
    w2mag: float
    proper_motion_masyr: float
    parallax_mas: float = math.nan
    parallax_err_mas: float = math.nan


@dataclass(frozen=True)
class Galaxy:
    """A nearby galaxy: semi-major axis of its optical disc (arcmin) and distance (Mpc)."""

    position: Position
    radius_arcmin: float
    distance_mpc: float


def read_galaxies(path: Path) -> list[Galaxy]:
    """Read galaxies: ra_deg, dec_deg, radius_arcmin, distance_mpc and, optionally, name.

    Parameters
    ----------
    path : Path
        CSV file with a header line.

    Returns
    -------
    list of Galaxy

    Raises
    ------
    UnreadableFile, MissingColumn, BadTable
        What is wrong, with the line number; both numbers must be positive.
    """
    return _read(path, ("radius_arcmin", "distance_mpc"), _galaxy)


def _galaxy(row: dict[str, str], path: Path, line: int) -> Galaxy:
    radius, distance = (_number(row, name, path, line) for name in ("radius_arcmin", "distance_mpc"))
    if not (radius > 0 and distance > 0):
        raise BadTable(f"{path.name} line {line}: radius_arcmin and distance_mpc must be above zero")
    return Galaxy(_position(row, path, line), radius, distance)


def read_positions(path: Path) -> list[Position]:
    """Read a list of positions with columns ra_deg, dec_deg and, optionally, name.

    Parameters
    ----------
    path : Path
        CSV file with a header line.

    Returns
    -------
    list of Position

    Raises
    ------
    UnreadableFile, MissingColumn, BadTable
        What is wrong, with the line number.
    """
    return _read(path, (), _position)


def read_counterparts(path: Path) -> list[Counterpart]:
    """Read counterparts: ra_deg, dec_deg, bmag, rmag, w1mag, w2mag, proper_motion_masyr (empty = none).

    Columns parallax_mas and parallax_err_mas are read where they are.

    Parameters
    ----------
    path : Path
        CSV file with a header line.

    Returns
    -------
    list of Counterpart

    Raises
    ------
    UnreadableFile, MissingColumn, BadTable
        What is wrong, with the line number.
    """
    return _read(path, COUNTERPART_COLUMNS, _counterpart)


def _counterpart(row: dict[str, str], path: Path, line: int) -> Counterpart:
    names = [*COUNTERPART_COLUMNS, *(name for name in PARALLAX_COLUMNS if name in row)]
    return Counterpart(_position(row, path, line), **{name: _number(row, name, path, line) for name in names})


def _read(path: Path, columns: tuple[str, ...], build: Callable[[dict[str, str], Path, int], T]) -> list[T]:
    """One thing from each line of a file that has places and some columns more."""
    return [build(row, path, line) for line, row in _rows(path, ("ra_deg", "dec_deg", *columns))]


def _rows(path: Path, required: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{path.name}: cannot be read as UTF-8 text ({error}); check the file"
        ) from error
    reader = csv.DictReader(lines)
    missing = [name for name in required if name not in (reader.fieldnames or ())]
    if missing:
        raise MissingColumn(f"{path.name}: no column {', '.join(missing)}; add it to the header line")
    return [(reader.line_num, {k: v or "" for k, v in row.items() if isinstance(k, str)}) for row in reader]


def _position(row: dict[str, str], path: Path, line: int) -> Position:
    ra, dec = _number(row, "ra_deg", path, line), _number(row, "dec_deg", path, line)
    if not (0.0 <= ra < 360.0 and -90.0 <= dec <= 90.0):
        raise BadTable(f"{path.name} line {line}: ({ra}, {dec}) is not a position in deg (0..360, -90..90)")
    return Position(ra, dec, row.get("name", "").strip())


def _number(row: dict[str, str], name: str, path: Path, line: int) -> float:
    text = row[name].strip()
    try:
        return float(text) if text else math.nan
    except ValueError as error:
        raise BadTable(f"{path.name} line {line}: {name} is {text!r}, not a number") from error
