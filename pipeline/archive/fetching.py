"""Fetching observations: what is there is kept, what comes is verified, and all of it is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.archive.pictures import fetch_pictures
from pipeline.archive.products import WANTED, Fetched, from_archive, from_mirror
from pipeline.archive.responses import fetch_responses
from pipeline.archive.surroundings import fetch_counterparts, fetch_galaxies
from pipeline.archive.transfer import Line
from pipeline.errors import (
    ArchiveRefused,
    CutArchive,
    NoNetwork,
    PipelineError,
    TruncatedFits,
    UnknownObservation,
    UnknownProduct,
)
from pipeline.products.curves import json_bytes
from pipeline.products.files import write_atomically
from pipeline.readers.catalogues import read_source_list
from pipeline.readers.fitsfile import opened_fits, sha256_of
from pipeline.readers.tables import Position

RECORD_NAME: Final = "fetched.json"
SCHEMA: Final = "claxson.fetched/1"
RESPONSES: Final = "responses"
Told = Callable[[str], None]


@dataclass(frozen=True)
class FetchReport:
    """What was fetched of one observation: its record, and how many files came now."""

    obsid: str
    record: dict[str, Any]
    new: int


def fetch_observation(line: Line, obsid: str, out: Path, tell: Told) -> FetchReport:
    """Fetch the products of one observation into a folder of its own.

    Parameters
    ----------
    line : Line
        The line to the archives.
    obsid : str
        Ten digits.
    out : Path
        Folder in which a folder ``obsid`` is made.
    tell : callable
        Takes a sentence on the progress.

    Returns
    -------
    FetchReport
        Types that were fetched completely before, and whose files are whole, are not asked for again.

    Raises
    ------
    UnknownObservation
        No archive has any product of it.
    NoNetwork, Proprietary, ArchiveRefused, CutArchive, TruncatedFits
        What stopped it; what was complete until then is kept and recorded.
    """
    folder = out / obsid
    folder.mkdir(parents=True, exist_ok=True)
    record = _read_record(folder, obsid)
    new = 0
    for kind in (*WANTED, RESPONSES):
        if _is_complete(record["kinds"].get(kind), folder):
            continue
        entries = [_verified(fetched) for fetched in _fetch_kind(line, obsid, kind, folder)]
        record["kinds"][kind] = entries
        write_atomically(folder / RECORD_NAME, json_bytes(record))
        tell(f"{obsid} {kind}: {len(entries)} file(s)")
        new += len(entries)
    if not any(record["kinds"].values()):
        (folder / RECORD_NAME).unlink(missing_ok=True)
        folder.rmdir()
        raise UnknownObservation(
            f"{obsid}: no archive has products of it; check the number. Products of a mosaic are under the "
            f"numbers of its pointings, {obsid[:8]}31 and up: fetch those"
        )
    _tell_of_mosaic(obsid, record, tell)
    return FetchReport(obsid, record, new)


def _tell_of_mosaic(obsid: str, record: dict[str, Any], tell: Told) -> None:
    """Say so where files of several pointings came, as a run takes one pointing from a folder."""
    names = [entry["file"] for kind in WANTED for entry in record["kinds"].get(kind) or []]
    pointings = sorted({name[1:11] for name in names})
    if len(pointings) > 1:
        numbers = ", ".join(pointings)
        tell(
            f"{obsid}: a mosaic of {len(pointings)} pointings ({numbers}); `run` measures the first of a "
            "folder: fetch each by its own number to measure all"
        )


def fetch_surroundings(line: Line, obsid: str, out: Path, tell: Told) -> int:
    """Fetch counterparts, galaxies and pictures about the sources of an observation that has been fetched.

    Parameters
    ----------
    line : Line
        The line to the services.
    obsid : str
        Ten digits.
    out : Path
        Folder of the observation's folder.
    tell : callable
        Takes a sentence on the progress.

    Returns
    -------
    int
        Files that came now. Sources are those of the archive's list; without one only galaxies are sought.

    Raises
    ------
    NoNetwork, ArchiveRefused, UnknownProduct
        What stopped it; what was complete until then is kept and recorded.
    """
    folder = out / obsid
    record = _read_record(folder, obsid)
    positions, pointing = _sources(folder), _pointing(folder, record)
    new = 0
    tasks: dict[str, Callable[[], list[Path]]] = {
        "counterparts": lambda: fetch_counterparts(line, positions, folder),
        "galaxies": lambda: fetch_galaxies(line, pointing, folder) if pointing else [],
        "sky_pictures": lambda: fetch_pictures(line, positions, folder),
    }
    for kind, task in tasks.items():
        if _is_complete(record["kinds"].get(kind), folder):
            continue
        entries = [_plain_entry(path) for path in task()]
        record["kinds"][kind] = entries
        write_atomically(folder / RECORD_NAME, json_bytes(record))
        tell(f"{obsid} {kind}: {len(entries)} file(s)")
        new += len(entries)
    return new


def _sources(folder: Path) -> list[Position]:
    lists = sorted(folder.glob("P*EP*OBSMLI*"))
    return [point for path in lists[:1] for point in read_source_list(path).points]


def _pointing(folder: Path, record: dict[str, Any]) -> Position | None:
    """Where the telescope looked, from the first fetched file that says so."""
    for entry in (entry for kind in WANTED for entry in record["kinds"].get(kind) or []):
        header = _open(folder / entry["file"])
        if "RA_PNT" in header and "DEC_PNT" in header:
            return Position(float(header["RA_PNT"]), float(header["DEC_PNT"]))
    return None


def _plain_entry(path: Path) -> dict[str, Any]:
    return {"file": path.name, "sha256": sha256_of(path), "bytes": path.stat().st_size}


def _fetch_kind(line: Line, obsid: str, kind: str, folder: Path) -> Iterator[Fetched]:
    """From the Science Archive; from the mirror where that does not answer or not with whole files."""
    if kind == RESPONSES:
        yield from fetch_responses(line, sorted(folder.glob("P*SRSPEC*")))
        return
    try:
        fetched = list(from_archive(line, obsid, kind, folder))
        for one in fetched:
            _open(one.path)
    except UnknownProduct:
        return
    except (NoNetwork, ArchiveRefused, CutArchive, TruncatedFits) as first:
        try:
            fetched = list(from_mirror(line, obsid, kind, folder))
        except PipelineError as second:
            raise type(first)(f"{first}; and the mirror: {second}") from second
    yield from fetched


def _open(path: Path) -> Any:
    """The headers of a file that opens whole; a damaged one is removed, to be fetched again."""
    try:
        with opened_fits(path) as hdus:
            header = hdus[0].header.copy()
            for hdu in hdus[1:2]:
                header.extend(hdu.header.cards, unique=True, bottom=True)
            return header
    except PipelineError:
        path.unlink(missing_ok=True)
        raise


def _verified(fetched: Fetched) -> dict[str, Any]:
    header = _open(fetched.path)
    return {
        "file": fetched.path.name,
        "url": fetched.url,
        "sha256": sha256_of(fetched.path),
        "bytes": fetched.path.stat().st_size,
        "pps_version": str(header.get("PPSVERS", "")).strip(),
        "sas_version": str(header.get("SASVERS", "")).strip(),
    }


def _read_record(folder: Path, obsid: str) -> dict[str, Any]:
    try:
        record = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None
    if isinstance(record, dict) and record.get("schema") == SCHEMA and isinstance(record.get("kinds"), dict):
        return record
    return {"schema": SCHEMA, "obsid": obsid, "kinds": {}}


def _is_complete(entries: Any, folder: Path) -> bool:
    if not entries:
        # Nothing was there then; a younger version of the archive may have it now.
        return False
    whole = [
        (folder / entry["file"]).is_file() and sha256_of(folder / entry["file"]) == entry["sha256"]
        for entry in entries
    ]
    return all(whole)
