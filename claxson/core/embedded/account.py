"""The account of the operating system that the server runs as, and where that account can go."""

import logging
import os
import pwd
import stat
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import ClusterError

SERVICE_USER = "claxson-pg"
SERVICE_HOME = "/var/lib/claxson"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """A user of the operating system, by its numbers."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"uid {self.uid}"


def is_root() -> bool:
    return os.geteuid() == 0


def account_for(data: Path) -> Account:
    """Who must run the server on `data`: PostgreSQL refuses root, and any user but the owner."""
    if not is_root():
        return Account(os.geteuid(), os.getegid())
    if not data.exists():
        return service_account()
    owner = data.stat()
    if owner.st_uid == 0:
        raise ClusterError(
            f"{data} belongs to root, and PostgreSQL does not run as root: give the folder back to the user"
            f" who made it, or set CLAXSON_DATA to another folder"
        )
    return Account(owner.st_uid, owner.st_gid)


def find_service_account() -> Account | None:
    try:
        found = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None
    return Account(found.pw_uid, found.pw_gid)


def service_account() -> Account:
    """The system user that root's server runs as, made at first need."""
    for _ in range(10):
        if found := find_service_account():
            return found
        problem = _add_service_user()
        # Another process may hold the password file, or have just made the user: look again.
        time.sleep(0.2)
    raise ClusterError(
        f"could not make the system user {SERVICE_USER} ({problem}): make it by hand,"
        " or run as an ordinary user"
    )


def _add_service_user() -> str:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", SERVICE_HOME]
    command += ["--shell", "/usr/sbin/nologin", SERVICE_USER]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "this machine has no useradd"
    if done.returncode == 0:
        logger.warning("made the system user %s: PostgreSQL does not run as root", SERVICE_USER)
    return done.stderr.strip()


def run_as(account: Account, command: Sequence[str | Path], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as `account`, with nothing of ours but the arguments."""
    # All three, or the child keeps root's groups. PG* variables of the caller would redirect the programs.
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if is_root() else {}
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(cwd)}
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment | ({"TZ": os.environ["TZ"]} if "TZ" in os.environ else {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        # Ctrl-C in the terminal goes to its whole foreground group: not to the database.
        start_new_session=True,
        **identity,  # type: ignore[call-overload]
    )
    return done


def may_enter(folder: Path, account: Account | None) -> bool:
    """Whether `account` (None: owns nothing) can pass every existing folder down to `folder`."""
    found = folder.resolve()
    return all(_allowed(place, account, need=1) for place in (found, *found.parents) if place.exists())


def may_run(program: Path, account: Account) -> bool:
    return may_enter(program.parent, account) and _allowed(program, account, need=5)


def _allowed(place: Path, account: Account | None, *, need: int) -> bool:
    status = place.stat()
    mode = stat.S_IMODE(status.st_mode)
    if account and account.uid == status.st_uid:
        mode >>= 6
    elif account and account.gid == status.st_gid:
        mode >>= 3
    return mode & need == need


def make_folder(folder: Path, account: Account, mode: int) -> None:
    """Make `folder` for `account`; one that is already there is not ours to change."""
    for parent in reversed(folder.parents):
        _make(parent, 0o755)
    if _make(folder, mode) and is_root():
        os.chown(folder, account.uid, account.gid)


def _make(folder: Path, mode: int) -> bool:
    if folder.is_dir():
        return False
    try:
        folder.mkdir()
    except FileExistsError:  # another process was faster
        return False
    folder.chmod(mode)  # whatever the umask: the server's account must get through what we make
    return True
