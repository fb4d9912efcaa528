"""The making of a new cluster, in a folder beside its place, renamed when whole."""

import logging
import secrets
import shutil
import tempfile
import time
from pathlib import Path

from . import configuration
from .account import Account, is_root, run_as
from .binaries import Binaries
from .errors import ClusterError
from .location import DATA

USER = "claxson"
SECRET = "secret"  # noqa: S105 (the name of the file, not the password)
PREFIX = ".new-"
SWEEPS = 50

logger = logging.getLogger(__name__)


def create(home: Path, binaries: Binaries, account: Account) -> None:
    """Make `home`/data and `home`/secret."""
    logger.info("making a new PostgreSQL %s cluster in %s", binaries.version, home)
    password = secrets.token_urlsafe(32)
    # The secret first: data without a secret could not be opened, a secret without data does no harm.
    configuration.replace_file(home / SECRET, password, account)
    nest = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    try:
        _fill(nest, binaries, account, password)
        (nest / DATA).rename(home / DATA)
    finally:
        shutil.rmtree(nest, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove what killed attempts left."""
    for leftover in home.glob(PREFIX + "*"):
        # The initdb of a killed process may still be filling it, until it finds its files gone.
        for _ in range(SWEEPS):
            shutil.rmtree(leftover, ignore_errors=True)
            if not leftover.exists():
                break
            time.sleep(0.1)


def _fill(nest: Path, binaries: Binaries, account: Account, password: str) -> None:
    if is_root():
        shutil.chown(nest, account.uid, account.gid)
    configuration.replace_file(nest / "password", password, account)
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        DATA,
        "-U",
        USER,
        "--pwfile=password",
        "--auth=scram-sha-256",
    ]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
    done = run_as(account, command, cwd=nest)
    if done.returncode:
        raise ClusterError(f"could not make a database cluster in {nest.parent}: {done.stderr.strip()}")
    configuration.include(nest / DATA)
    configuration.write(nest / DATA, configuration.free_port(), account)
