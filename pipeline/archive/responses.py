"""Redistribution matrices that the archive's spectra name and that lie among the public calibration files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.archive.products import Fetched
from pipeline.archive.transfer import Line
from pipeline.errors import PipelineError, UnknownProduct
from pipeline.readers.fitsfile import opened_fits, require_hdu

PN_VERSION: Final = "_v21.0"
"""Those of the pn carry the version of their making, which is the same for all versions of the products."""
FOLDERS: Final = {"EPN": "PN", "EMOS1": "MOS", "EMOS2": "MOS"}


def fetch_responses(line: Line, spectra: list[Path]) -> Iterator[Fetched]:
    """Fetch the matrices of some spectra into their folder, each once, under the names that they give.

    Parameters
    ----------
    line : Line
        The line to the services.
    spectra : list of Path
        Source spectra of EPIC, all in one folder.

    Yields
    ------
    Fetched
        A matrix that the calibration does not have is left out.

    Raises
    ------
    NoNetwork, ArchiveRefused
        What came instead.
    """
    wanted = {name: places for path in spectra for name, places in _wanted(path)}
    for name, places in sorted(wanted.items()):
        target = spectra[0].parent / name
        for place in places:
            url = f"{line.services.responses}/{place}"
            if not target.exists() and not _came(line, url, target):
                continue
            yield Fetched(target, url)
            break


def _came(line: Line, url: str, target: Path) -> bool:
    part = target.with_name(f".{target.name}.part")
    try:
        line.fetch(url, part)
    except UnknownProduct:
        return False
    part.replace(target)
    return True


def _wanted(path: Path) -> list[tuple[str, list[str]]]:
    """Name of the matrix and where it may lie; nothing where the header does not say."""
    try:
        with opened_fits(path) as hdus:
            header = require_hdu(hdus, "SPECTRUM", path).header
            name = str(header.get("RESPFILE", "")).strip()
            camera, step = str(header.get("INSTRUME", "")).strip(), float(header.get("SPECDELT", 0))
    except (PipelineError, ValueError):
        return []
    if Path(name).name != name or not name.endswith(".rmf") or camera not in FOLDERS:
        return []
    if camera == "EPN":
        return [(name, [f"PN/{name.removesuffix('.rmf')}{PN_VERSION}.rmf", f"PN/{name}"])]
    return [(name, [f"MOS/{step:.0f}eV/{name}"])]
