"""Where the cluster of a folder lives: in it, or, if the server cannot get there, under /var/lib/claxson."""

import hashlib
import re
from pathlib import Path

from .account import find_service_account, is_root, may_enter

SHARED = Path("/var/lib/claxson")
DATA = "data"


def settle(preferred: Path, shared: Path = SHARED) -> Path:
    """The folder to use for `preferred`; data that exist are never passed over for an empty folder."""
    if not is_root() or (preferred / DATA).exists():
        return preferred
    moved = relocated(preferred, shared)
    if (moved / DATA).exists():
        return moved
    return preferred if may_enter(preferred, find_service_account()) else moved


def relocated(preferred: Path, shared: Path = SHARED) -> Path:
    folder = preferred.resolve()
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", "-".join(folder.parts[-3:]).lstrip("/-"))
    return shared / f"{name}-{hashlib.sha256(bytes(folder)).hexdigest()[:8]}"
