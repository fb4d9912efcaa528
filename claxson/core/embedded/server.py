"""Start, watch and stop one server process by pg_ctl."""

import logging
import os
from pathlib import Path

from .account import Account, make_folder, run_as
from .binaries import Binaries
from .errors import ClusterError
from .location import DATA

LOG_FOLDER = "log"
LOG = f"{LOG_FOLDER}/postgresql.log"
LOG_LIMIT_BYTES = 10_000_000
# Crash recovery can be long; a server that cannot start says so at once.
START_SECONDS = 600
STOP_SECONDS = 60

logger = logging.getLogger(__name__)


def start(home: Path, binaries: Binaries, account: Account) -> str:
    """Try once to start the server; what pg_ctl said."""
    make_folder(home / LOG_FOLDER, account, 0o700)
    _turn_log(home / LOG)
    # Names relative to `home`: pg_ctl hands them to a shell, and `home` may hold any character.
    # Its output goes to the log, so the server keeps no pipe of ours open.
    command: list[str | Path] = [
        binaries / "pg_ctl",
        "-D",
        DATA,
        "-l",
        LOG,
        "-w",
        "-t",
        str(START_SECONDS),
        "start",
    ]
    done = run_as(account, command, cwd=home)
    return (done.stderr or done.stdout).strip()


def stop(home: Path, binaries: Binaries, account: Account) -> None:
    """Stop the server without waiting for its clients; nothing happens if it does not run."""
    # pg_ctl would signal whatever process has the number in the pid file: only if it is the server.
    if not is_running(home / DATA):
        return
    command: list[str | Path] = [
        binaries / "pg_ctl",
        "-D",
        DATA,
        "-m",
        "fast",
        "-w",
        "-t",
        str(STOP_SECONDS),
        "stop",
    ]
    done = run_as(account, command, cwd=home)
    if done.returncode and is_running(home / DATA):
        raise ClusterError(f"the database in {home} did not stop: {done.stderr.strip()}")


def is_running(data: Path) -> bool:
    """Whether a process works on `data`, answering or not (a server in recovery does not)."""
    pid = recorded_pid(data)
    return pid is not None and _working_folder(pid) == str(data.resolve())


def recorded_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def drop_recycled_pid(data: Path) -> None:
    """Remove a dead server's pid file if another program now has its number, which blocks every start.

    A zombie or a foreign user's process shows no folder here: PostgreSQL judges those itself. Back ends that
    outlived a killed server still hold their shared memory, which a new server checks besides the pid file.
    """
    pid = recorded_pid(data)
    folder = _working_folder(pid) if pid else None
    if folder is not None and folder != str(data.resolve()):
        logger.warning("process %s is not the database in %s: removing its stale postmaster.pid", pid, data)
        (data / "postmaster.pid").unlink(missing_ok=True)


def _working_folder(pid: int) -> str | None:
    # The server's working folder is its data folder, from before it writes the pid file.
    try:
        return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115 (Path would mangle " (deleted)")
    except OSError:
        return None


def last_words(home: Path, lines: int = 5) -> str:
    try:
        text = (home / LOG).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:])


def _turn_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
