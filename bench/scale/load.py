"""A closed load of prepared requests over a few connections kept open; costs the machine next to nothing."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

END_OF_HEADERS = b"\r\n\r\n"


@dataclass
class Line:
    """One connection: a request on its way, and what has come back of its answer."""

    socket: socket.socket
    started: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Read what is there; whether the answer is whole."""
        self.received += self.socket.recv(65536)
        headers, found, body = self.received.partition(END_OF_HEADERS)
        if not found:
            return False
        length = next(line for line in headers.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return len(body) >= int(length.split(b":")[1])


@dataclass(frozen=True)
class Outcome:
    """Seconds of each request, sorted; the wall time of all; how many were not answered 200."""

    took: list[float]
    wall_s: float
    refused: int

    @property
    def per_second(self) -> float:
        return len(self.took) / self.wall_s

    def quantile_ms(self, q: float) -> float:
        return self.took[min(int(len(self.took) * q), len(self.took) - 1)] * 1000


def post(port: int, path: str, body: bytes) -> bytes:
    """A request as it goes over the line."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def send_all(port: int, requests: Sequence[bytes], connections: int = 16) -> Outcome:
    """Each connection sends its next request when its last one is answered."""
    waiting = iter(requests)
    took: list[float] = []
    refused = 0
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            line = Line(socket.create_connection(("127.0.0.1", port)))
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line.socket, selectors.EVENT_READ, line)
            _next(line, waiting, selector)
        while selector.get_map():
            for line in _answered(selector):
                took.append(time.perf_counter() - line.started)
                refused += not line.received.startswith(b"HTTP/1.1 200")
                _next(line, waiting, selector)
    return Outcome(sorted(took), time.perf_counter() - started, refused)


def _answered(selector: selectors.BaseSelector) -> Iterator[Line]:
    for key, _ in selector.select():
        if key.data.answered():
            yield key.data


def _next(line: Line, waiting: Iterator[bytes], selector: selectors.BaseSelector) -> None:
    request = next(waiting, None)
    if request is None:
        selector.unregister(line.socket)
        line.socket.close()
    else:
        line.send(request)
