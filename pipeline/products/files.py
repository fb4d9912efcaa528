"""Writing products so that a reader never sees half a file."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UnreadableFile

MEDIA_TYPES = {
    ".png": "image/png",
    ".fits": "application/fits",
    ".json": "application/json",
    ".csv": "text/csv",
}


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
    """

    kind: str
    obsid: str
    path: str
    content: bytes
    meta: dict[str, Any]

    def entry(self) -> dict[str, Any]:
        """The product as an entry of the manifest."""
        return {
            "kind": self.kind,
            "obsid": self.obsid,
            "path": self.path,
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "bytes": len(self.content),
            "media_type": MEDIA_TYPES[Path(self.path).suffix],
            "meta": self.meta,
        }


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
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UnreadableFile(
            f"{path}: cannot be written ({error.strerror}); check rights and free space"
        ) from error
