"""A child process ends with its parent, however the parent dies."""

import os
import signal
import sys
import threading


def end_with_parent() -> None:
    """Watch standard input, a pipe whose other end the parent holds: the kernel closes it at any death."""
    threading.Thread(target=_watch, daemon=True, name="lifeline").start()


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
