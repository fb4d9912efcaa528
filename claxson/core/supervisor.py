"""Keeping a few child processes up until told to stop; none outlives this process."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

logger = logging.getLogger(__name__)

POLL_S = 0.2
STOP_WITHIN_S = 10.0
# A child that dies more often than this is broken, not unlucky.
RESTARTS = 5
RESTARTS_WITHIN_S = 60.0


class StopRequested(Exception):
    """Ctrl-C, or a polite kill."""


@dataclass
class Child:
    """One child process, started with a lifeline on its standard input."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        # A session of its own: Ctrl-C reaches this process, which then stops the children in order.
        self.process = subprocess.Popen(
            self.command, env=dict(self.env), stdin=subprocess.PIPE, start_new_session=True
        )

    def died(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def dies_too_often(self) -> bool:
        recent = [t for t in self.starts if time.monotonic() - t < RESTARTS_WITHIN_S]
        return len(recent) > RESTARTS

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def supervise(children: Sequence[Child]) -> int:
    """Run until asked to stop (exit code 0); a dead child is restarted, unless it dies too often (1)."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _request_stop)
    try:
        for child in children:
            child.start()
        return _watch(children)
    except StopRequested:
        return 0
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        for child in children:
            child.stop()


def manage(*arguments: str) -> list[str]:
    """The command line that runs `manage.py` with these arguments in this Python."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def _watch(children: Sequence[Child]) -> int:
    while True:
        time.sleep(POLL_S)
        for child in children:
            if not child.died():
                continue
            if child.dies_too_often():
                logger.error("%s died %d times within a minute: giving up", child.name, RESTARTS + 1)
                return 1
            logger.warning("%s ended unexpectedly: starting it again", child.name)
            child.start()


def _request_stop(signum: int, frame: FrameType | None) -> None:
    raise StopRequested
