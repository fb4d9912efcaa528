"""A labelled CSV file, row by row checked, as labels with features; no database."""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.features import Features, as_dictionaries
from claxson.catalogue.imports.report import Refusal
from claxson.core.classes import SourceClass
from claxson.voting.literature.dialects import CLASSES, DIALECTS, Dialect, class_of, recognise

MAX_NAME = 40
MISSING = {"", "nan", "null", "none"}
MISSING_NUMBER = -99.0
TRUE = {"1", "true", "t", "yes"}
FALSE = {"0", "false", "f", "no", ""}
SHOWN_COLUMNS = 12

Cells = dict[str, str]


class Unfit(ValueError):
    """A row cannot be used; the message says why."""


@dataclass(frozen=True)
class LabelledRow:
    """One usable row; `row` is its line in the file, the header being line 1."""

    row: int
    name: str
    source_class: SourceClass
    original_class: str
    reference: str
    simulated: bool
    numbers: dict[str, float]


@dataclass(frozen=True)
class LabelTable:
    """What a labelled file says."""

    dialect: Dialect
    rows: list[LabelledRow]
    refusals: list[Refusal]

    def features(self) -> list[Features]:
        """One dictionary per row."""
        if not self.rows:
            return []
        names = list(self.rows[0].numbers)
        columns = {name: np.array([row.numbers[name] for row in self.rows]) for name in names}
        return as_dictionaries(self.dialect.features(columns))


def read_labels(path: Path) -> LabelTable:
    """Read a labelled CSV file in any of the known layouts."""
    if not path.is_file():
        raise UnusableFile("there is no such file")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
            dialect = _dialect(reader.fieldnames)
            lines = [(reader.line_num, cells) for cells in reader]
    except UnicodeDecodeError as error:
        raise UnusableFile(f"the file is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except csv.Error as error:
        raise UnusableFile(f"the file is not a CSV table: {error}") from error
    if not lines:
        raise UnusableFile("the table holds no rows")
    return _checked(dialect, iter(lines))


def _dialect(columns: Sequence[str]) -> Dialect:
    if not columns:
        raise UnusableFile("the file is empty")
    dialect = recognise(columns)
    if dialect is None:
        known = "; ".join(f"{d.title}: {', '.join(sorted(d.required))}" for d in DIALECTS)
        raise UnusableFile(
            f"unknown layout; found the columns {', '.join(columns[:SHOWN_COLUMNS])}. Known layouts: {known}"
        )
    missing = sorted(dialect.required - set(columns))
    if missing:
        raise UnusableFile(f"the column(s) {', '.join(missing)} of the layout {dialect.title!r} are missing")
    return dialect


def _checked(dialect: Dialect, lines: Iterator[tuple[int, Cells]]) -> LabelTable:
    table = LabelTable(dialect, [], [])
    seen: dict[str, LabelledRow] = {}
    for line, cells in lines:
        try:
            row = _row(dialect, line, cells)
            _check_repetition(row, seen.setdefault(row.name, row))
        except Unfit as error:
            table.refusals.append(Refusal(line, str(error)))
        else:
            table.rows.append(row)
    return table


def _check_repetition(row: LabelledRow, first: LabelledRow) -> None:
    if row is first:
        return
    if row.source_class is first.source_class:
        raise Unfit(f"{row.name} stands in line {first.row} already")
    classes = f"{row.original_class} here and {first.original_class} in line {first.row}"
    raise Unfit(f"{row.name} is {classes}, which stands")


def _row(dialect: Dialect, line: int, cells: Cells) -> LabelledRow:
    if None in cells or None in cells.values():
        raise Unfit("the row has not as many cells as the header")
    name, original = cells["name"].strip(), cells["Class"].strip()
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise Unfit(f"name {name!r} is not a name of 1 to {MAX_NAME} characters")
    source_class = class_of(original)
    if source_class is None:
        raise Unfit(f"class {original} is not one of {', '.join(CLASSES)}")
    return LabelledRow(
        row=line,
        name=name,
        source_class=source_class,
        original_class=original,
        reference=cells.get(dialect.reference, "").strip(),
        simulated=_flag(cells, dialect.simulated),
        numbers=_numbers(dialect, cells),
    )


def _numbers(dialect: Dialect, cells: Cells) -> dict[str, float]:
    wanted = {dialect.ra, dialect.dec, *dialect.numbers, *dialect.signature} - {dialect.simulated}
    numbers = {name: _number(cells, name) for name in sorted(wanted)}
    ra, dec = numbers[dialect.ra], numbers[dialect.dec]
    if not (0 <= ra < 360 and abs(dec) <= 90):
        raise Unfit(f"no position on the sky: {dialect.ra} = {ra}, {dialect.dec} = {dec} deg")
    return numbers


def _number(cells: Cells, name: str) -> float:
    text = cells.get(name, "").strip()
    if text.lower() in MISSING:
        return math.nan
    try:
        value = float(text)
    except ValueError as error:
        raise Unfit(f"{name} is {text!r}, not a number") from error
    return math.nan if value == MISSING_NUMBER or math.isinf(value) else value


def _flag(cells: Cells, name: str) -> bool:
    text = cells[name].strip().lower() if name else ""
    if text not in TRUE | FALSE:
        raise Unfit(f"{name} is {text!r}, neither 1 nor 0")
    return text in TRUE
