"""Writing products so that a reader never sees half a file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UnreadableFile

MEDIA_TYPES = {
    ".png": "image/png",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".fits": "application/fits",
    ".json": "application/json",
    ".csv": "text/csv",
}
UNFINISHED = ".unfinished"
"""Ending of a file that is being written; what a killed process leaves behind carries it."""


@dataclass(frozen=True, eq=False)
class Variant:
    """Another form of a product: a smaller picture, a single band, a drawing.

    Attributes
    ----------
    role : str
        small, band, counts (unsmoothed), sky (in other light), drawing.
    path : str
        Where it goes, relative to the output folder.
    content : bytes
        The file.
    meta : dict
        What the manifest says about it beside path, sha256, bytes and media_type.
    """

    role: str
    path: str
    content: bytes
    meta: dict[str, Any]

    def entry(self) -> dict[str, Any]:
        """The variant as an entry of its product's meta data."""
        return {"role": self.role, **_file_entry(self.path, self.content), **self.meta}


@dataclass(frozen=True, eq=False)
class Product:
    """A product before it is written.

    Attributes
    ----------
    kind : str
        cutout, cutout_fits, spectrum, or lightcurve.
    obsid : str
        Observation.
    path : str
        Where it goes, relative to the output folder.
    content : bytes
        The file.
    meta : dict
        What the manifest says about it.
    variants : tuple of Variant
        Other forms; the manifest lists them in the meta data.
    """

    kind: str
    obsid: str
    path: str
    content: bytes
    meta: dict[str, Any]
    variants: tuple[Variant, ...] = ()

    def entry(self) -> dict[str, Any]:
        """The product as an entry of the manifest."""
        others = {"variants": [variant.entry() for variant in self.variants]} if self.variants else {}
        file = _file_entry(self.path, self.content)
        return {"kind": self.kind, "obsid": self.obsid, **file, "meta": self.meta | others}

    def files(self) -> list[tuple[str, bytes]]:
        """Path and content of everything to write."""
        return [(self.path, self.content), *((one.path, one.content) for one in self.variants)]


def _file_entry(path: str, content: bytes) -> dict[str, Any]:
    return {
        "path": path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "media_type": MEDIA_TYPES[Path(path).suffix],
    }


def files_of(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and sha256 of every file that a product's entry of the manifest names.

    Parameters
    ----------
    entry : dict
        As made by `Product.entry`.

    Returns
    -------
    list of tuple of str
        The product itself first, then its variants.
    """
    variants = entry["meta"].get("variants", [])
    return [(str(one["path"]), str(one["sha256"])) for one in (entry, *variants)]


def slug(name: str) -> str:
    """A name as a folder name that is safe in file systems and addresses: ``clx-j095814.2m110533``.

    Parameters
    ----------
    name : str
        Name of a source.

    Returns
    -------
    str
        Lower-case letters, digits, points and hyphens; the sign of the declination as p or m.
    """
    signed = re.sub(r"(?<=\d)\+(?=\d)", "p", re.sub(r"(?<=\d)-(?=\d)", "m", name))
    return re.sub(r"[^a-z0-9.]+", "-", signed.lower()).strip("-.") or "source"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a file that already has this content is left alone.

    Parameters
    ----------
    path : Path
        Target; missing folders are made.
    content : bytes
        What it shall hold.

    Raises
    ------
    UnreadableFile
        The folder cannot be written.
    """
    try:
        if not _holds(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, content)
    except OSError as error:
        raise UnreadableFile(
            f"{path}: cannot be written ({error.strerror}); check rights and free space"
        ) from error


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except (FileNotFoundError, IsADirectoryError):
        return False


def _replace(path: Path, content: bytes) -> None:
    # Of this thread alone; what a killed process of the same number left behind is written over.
    writer = f"{os.getpid()}-{threading.get_ident()}"
    temporary = os.fspath(path.parent / f".{path.name}.{writer}{UNFINISHED}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(temporary, path)  # noqa: PTH105 - a path object costs as much as the call
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108
        raise
