"""Products of one observation: asked of the Science Archive by type, else of the mirror by file name."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from pipeline.archive.transfer import Answer, Line
from pipeline.errors import ArchiveRefused, CutArchive, UnknownProduct
from pipeline.products.files import write_atomically

EVENTS: Final = ("PIEVLI", "MIEVLI", "EXPMAP", "FBKTSR", "OBSMLI")
"""What a run needs: event lists, exposure maps, flare curves; and the archive's own source list."""
OF_SOURCES: Final = ("SRSPEC", "BGSPEC", "SRCARF", "SRCTSR")
"""What the archive made of bright sources: spectra, backgrounds, effective areas, light curves."""
WANTED: Final = EVENTS + OF_SOURCES

_NAME: Final = re.compile(r"P\d{10}(?:PN|M1|M2|EP)[SUX]\d{3}([A-Z_]{6})\w{4}\.FTZ", re.I)
_LINK: Final = re.compile(r'href="([^"/?]+\.FTZ)"', re.I)


@dataclass(frozen=True)
class Fetched:
    """One file, and where it came from."""

    path: Path
    url: str


def is_wanted(name: str, kind: str) -> bool:
    """Whether a file name is that of an EPIC product of a type, e.g. ``PIEVLI``."""
    match = _NAME.fullmatch(name)
    return match is not None and match.group(1).upper() == kind


def from_archive(line: Line, obsid: str, kind: str, folder: Path) -> Iterator[Fetched]:
    """Fetch all products of a type from the Science Archive.

    Parameters
    ----------
    line : Line
        The line to the archives.
    obsid : str
        Observation.
    kind : str
        Type of product, six letters.
    folder : Path
        Where the files go; it must exist.

    Yields
    ------
    Fetched
        Files under their names in the archive; only such are written, whatever a tar may hold.

    Raises
    ------
    UnknownProduct
        There is none: the answer is empty.
    ArchiveRefused, Proprietary, NoNetwork
        What else came instead.
    CutArchive
        The tar ends early.
    """
    asked = {"obsno": obsid, "level": "PPS", "name": kind, "extension": "FTZ"}
    url = f"{line.services.aio}?{urlencode(asked)}"
    received = folder / f".{obsid}_{kind}.part"
    # The service packs anew at each request, so what is left of an earlier one is of no use.
    received.unlink(missing_ok=True)
    try:
        answer = line.fetch(url, received)
        _refuse_text(answer, received, url)
        if answer.size == 0:
            raise UnknownProduct(f"{obsid}: the archive has no {kind}")
        yield from _unpacked(answer, received, url, (kind, folder))
    finally:
        received.unlink(missing_ok=True)


def _refuse_text(answer: Answer, received: Path, url: str) -> None:
    if answer.size and answer.content_type.startswith("text/"):
        said = " ".join(received.read_text(encoding="utf-8", errors="replace").split())[:200]
        raise ArchiveRefused(f"{url}: the archive answers in words: {said}")


def _unpacked(answer: Answer, received: Path, url: str, what: tuple[str, Path]) -> Iterator[Fetched]:
    kind, folder = what
    if not tarfile.is_tarfile(received):
        if not is_wanted(answer.file_name, kind):
            raise ArchiveRefused(f"{url}: a file {answer.file_name!r} came, which is no {kind}")
        yield Fetched(received.replace(folder / answer.file_name), url)
        return
    try:
        with tarfile.open(received) as tar:
            for name, content in _members(tar, kind):
                write_atomically(folder / name, content)
                yield Fetched(folder / name, url)
    except (tarfile.TarError, EOFError) as error:
        raise CutArchive(f"{url}: the tar ends early ({error}); fetch it again") from error


def _members(tar: tarfile.TarFile, kind: str) -> Iterator[tuple[str, bytes]]:
    """Name, without folders, and content of the wanted files."""
    for member in tar:
        name = Path(member.name).name
        content = tar.extractfile(member) if member.isfile() and is_wanted(name, kind) else None
        if content is not None:
            yield name, content.read()


def from_mirror(line: Line, obsid: str, kind: str, folder: Path) -> Iterator[Fetched]:
    """Fetch all products of a type from HEASARC's plain files, resuming what was cut before.

    Parameters
    ----------
    line : Line
        The line to the archives.
    obsid : str
        Observation.
    kind : str
        Type of product, six letters.
    folder : Path
        Where the files go; it must exist.

    Yields
    ------
    Fetched
        Nothing where the observation's folder has no product of the type.

    Raises
    ------
    UnknownProduct
        There is no folder of the observation.
    Proprietary, ArchiveRefused, NoNetwork
        What came instead.
    """
    place = f"{line.services.mirror}/{obsid}/PPS/"
    listing = line.read(place, folder / f".{obsid}_{kind}.list").decode("utf-8", "replace")
    names = sorted({name for name in _LINK.findall(listing) if is_wanted(name, kind)})
    for name in names:
        if not (folder / name).exists():
            part = folder / f".{name}.part"
            line.fetch(place + name, part)
            part.replace(folder / name)
        yield Fetched(folder / name, place + name)
