"""Where product files lie: under the hash of their content, so that the same file is kept once."""

import hashlib
import re
import shutil
import uuid
from pathlib import Path

from django.conf import settings

SHA256 = re.compile(r"[0-9a-f]{64}")


def stored_path(sha256: str) -> Path:
    """The place of a file with this content."""
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"not a sha256: {sha256!r}")
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def keep(file: Path, sha256: str) -> Path:
    """Copy a file to its place unless it is there already; whole or not at all."""
    place = stored_path(sha256)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{sha256}.{uuid.uuid4().hex}")
        shutil.copyfile(file, draft)
        draft.replace(place)
    return place


def sha256_of(file: Path) -> str:
    """The hash of a file's content."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
