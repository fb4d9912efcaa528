"""Who uses a cluster, kept by the kernel: one shared flock on `users.lock` for the life of each process.

A death of any kind drops the lock, so nothing stale can block anyone. Whoever leaves tries to turn the lock
exclusive without waiting; only the last user can, and stops the server while holding it:
 - two leave at once: each drops its share before it tries, so the later of the two gets it, never neither;
 - one comes while another stops: its shared lock waits until the server is down, then it starts it again;
 - one is starting: it holds its share from before it looks, so nobody can stop what it is about to find.
"""

import atexit
import fcntl
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize
from pathlib import Path

from .account import Account, is_root
from .errors import ClusterError

logger = logging.getLogger(__name__)

_guard = threading.RLock()
_held: dict[Path, int] = {}
_stops: dict[Path, Callable[[], None]] = {}
_ending = threading.Event()


def open_lock(path: Path, account: Account) -> int:
    """Open (make) a lock file that both root and the cluster's owner can use; not inherited by programs."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if is_root() and os.fstat(handle).st_uid != account.uid:
        os.fchown(handle, account.uid, account.gid)
    return handle


def join(path: Path, account: Account, stop: Callable[[], None]) -> None:
    """Count this process among the users until it ends or leaves; `stop` is what the last one does."""
    with _guard:
        if _ending.is_set():
            # A thread of a connection pool may still try to connect: it must not start the server again.
            raise ClusterError("this process is ending and has left the database")
        if path in _held:
            return
        _held[path] = _share(path, account)
        _stops[path] = stop
        if multiprocessing.parent_process() is not None:
            Finalize(None, _leave_all, exitpriority=0)  # such a child skips atexit


def _share(path: Path, account: Account) -> int:
    handle = open_lock(path, account)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def leave(path: Path) -> None:
    """Stop counting this process; the last one out stops the server."""
    with _guard:
        handle = _held.pop(path, None)
        stop = _stops.pop(path, None)
        if handle is None or stop is None:
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_UN)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stop()
        except BlockingIOError:
            pass  # others use it
        finally:
            os.close(handle)


@atexit.register
def _leave_all() -> None:
    _ending.set()
    for path in list(_held):
        try:
            leave(path)
        except (ClusterError, OSError) as error:
            logger.warning("could not stop the database at exit: %s", error)


def _rejoin_in_child() -> None:
    """A forked child shares its parent's lock, which the parent's leaving would drop: it takes its own.

    Its own first, then the shared handle is closed, so there is no moment without. A child that ends without
    saying so drops its lock by the kernel, and the next user to leave stops the server.
    """
    try:
        for path, inherited in list(_held.items()):
            _held[path] = _reopened(path, inherited)
    finally:
        _guard.release()


def _reopened(path: Path, inherited: int) -> int:
    try:
        own = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:  # the folder was deleted meanwhile: nothing there to share
        return inherited
    fcntl.flock(own, fcntl.LOCK_SH)
    os.close(inherited)
    return own


os.register_at_fork(before=_guard.acquire, after_in_parent=_guard.release, after_in_child=_rejoin_in_child)
