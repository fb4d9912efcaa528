"""A child process ends with its parent, however the parent dies."""

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field

# An ordinary end may take this long; a process that was not yet able to end in order is ended hard.
END_WITHIN_S = 8.0


def end_with_parent() -> None:
    """Watch standard input, a pipe whose other end the parent holds."""
    _watch_in_thread(sys.stdin.fileno())


@dataclass(frozen=True)
class Lifeline:
    """A pipe made before forking: the parent holds both ends, each child lets go of the parent's."""

    ends: tuple[int, int] = field(default_factory=os.pipe)

    def hold(self) -> None:
        """Called in the child: from here on it ends with its parent."""
        watched, parents = self.ends
        os.close(parents)
        _watch_in_thread(watched)


def _watch_in_thread(handle: int) -> None:
    threading.Thread(target=_watch, args=(handle,), daemon=True, name="lifeline").start()


def _watch(handle: int) -> None:
    """The kernel closes the parent's end at any death."""
    while os.read(handle, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_WITHIN_S)
    os._exit(1)
