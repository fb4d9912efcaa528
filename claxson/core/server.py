"""The HTTP server: a few processes with a few threads each, which all end with the first one."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from claxson.core.errors import ClaxsonError
from claxson.core.lifeline import Lifeline

# A server that was killed leaves its port a moment later.
PORT_FREE_WITHIN_S = 5.0
STOP_WITHIN_S = 6


class PortTaken(ClaxsonError):
    """Another program listens there."""

    code = "port_taken"


@dataclass(frozen=True)
class Address:
    """Where the site is served."""

    host: str
    port: int

    def is_free(self) -> bool:
        """A second server would share the port without a word: it must be asked for."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError:
                return False
        return True

    def wait_until_free(self) -> None:
        deadline = time.monotonic() + PORT_FREE_WITHIN_S
        while not self.is_free():
            if time.monotonic() > deadline:
                raise PortTaken(f"port {self.port} on {self.host} is taken by another program")
            time.sleep(0.1)


def serve(address: Address, *, workers: int, threads: int) -> None:
    """Serve until told to stop; a worker that dies is replaced."""
    address.wait_until_free()
    server = Server(
        "claxson.wsgi:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(_load, Lifeline()), wrap_loader=False)


def _load(lifeline: Lifeline) -> Callable[..., Any]:
    """Called in each worker."""
    lifeline.hold()
    from claxson.wsgi import application  # noqa: PLC0415  # made in the process that uses it

    return application
