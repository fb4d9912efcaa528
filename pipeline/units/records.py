"""What is kept of a finished unit, and whether it still stands."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from pipeline import __version__
from pipeline.check import check_product_files
from pipeline.config import RunConfig
from pipeline.errors import UnreadableFile
from pipeline.inventory import is_candidate
from pipeline.products.curves import json_bytes
from pipeline.products.files import UNFINISHED, files_of, slug, write_atomically

SCHEMA: Final = "claxson.unit/6"
RECORD_NAME: Final = "unit.json"
UNITS: Final = "observations"

Record = dict[str, Any]


def unit_folder(folder: Path) -> str:
    """Where the products of an input folder go, relative to the output folder."""
    return f"{UNITS}/{slug(folder.name)}"


def key_of(folder: Path, config: RunConfig, positions_sha256: str) -> str:
    """What decides whether a unit must be done: its files, the settings, and the version of the code.

    Parameters
    ----------
    folder : Path
        Input folder.
    config : RunConfig
        Settings.
    positions_sha256 : str
        Hash of the list of positions, or empty.

    Returns
    -------
    str
        A hash. Files count by name, size and time of their last change, as build tools have it: to read
        terabytes again in order to learn that nothing has changed would cost more than the work.

    Raises
    ------
    UnreadableFile
        The folder cannot be listed.
    """
    try:
        files = sorted((path.name, path.stat()) for path in folder.iterdir() if is_candidate(path))
    except OSError as error:
        raise UnreadableFile(f"{folder.name}: cannot be listed ({error.strerror}); give a folder") from error
    seen = [[name, status.st_size, status.st_mtime_ns] for name, status in files]
    parts = [SCHEMA, __version__, folder.name, config.sha256(), positions_sha256, seen]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read_record(path: Path) -> Record | None:
    """The record of a unit; None when there is none, or it is damaged."""
    try:
        record = json.loads((path / RECORD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and record.get("schema") == SCHEMA
    return record if whole and isinstance(record.get("detections"), list) else None


def current_record(out: Path, folder: Path, key: str) -> Record | None:
    """The record of a unit if it was made of the same input and all its files are whole.

    Parameters
    ----------
    out : Path
        Output folder.
    folder : Path
        Input folder.
    key : str
        From `key_of`.

    Returns
    -------
    dict or None
        None when the unit has to be done. What failed for a reason that may pass is tried again.
    """
    record = read_record(out / unit_folder(folder))
    if record is None or record.get("key") != key:
        return None
    passing = any(failure["code"] == UnreadableFile.code for failure in record["failures"])
    products = [product for one in record["detections"] for product in one["products"]]
    return None if passing or check_product_files(products, out) else record


def write_record(out: Path, folder: Path, record: Record) -> None:
    """Write the record, last of all files of a unit, and remove what an interrupted attempt left."""
    place = out / unit_folder(folder)
    previous = read_record(place)
    write_atomically(place / RECORD_NAME, json_bytes(record))
    for left in place.glob(f".*{UNFINISHED}"):
        left.unlink(missing_ok=True)
    if previous is not None:
        for path in sorted(product_paths(previous) - product_paths(record)):
            (out / path).unlink(missing_ok=True)


def product_paths(record: Record) -> set[str]:
    """Every file that a record names, relative to the output folder."""
    products = [product for one in record["detections"] for product in one["products"]]
    return {path for product in products for path, _ in files_of(product)}
