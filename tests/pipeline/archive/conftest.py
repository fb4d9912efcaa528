"""A server on the loopback that replays what the archives are documented to answer."""

import gzip
import io
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.archive.services import Services
from pipeline.archive.transfer import Line

OBSID = "0123456701"


@dataclass
class Reply:
    """One answer; `cut` sends only so many bytes of what it announces."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    times: int | None = None


@dataclass
class Archive:
    """Answers by (kind of product) for the product service, by path for everything else."""

    url: str
    products: dict[str, list[Reply]] = field(default_factory=dict)
    paths: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def reply(self, target: str) -> Reply:
        parts = urlsplit(target)
        self.asked.append(target)
        if parts.path == "/aio":
            waiting = self.products.get(parse_qs(parts.query)["name"][0], [Reply()])
        else:
            waiting = self.paths.get(parts.path, [Reply(status=404)])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class Handler(BaseHTTPRequestHandler):
    archive: Archive

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.archive.sent.append(self.rfile.read(size).decode())
        self.do_GET()

    def do_GET(self) -> None:
        reply = self.archive.reply(self.path)
        content, status = reply.content, reply.status
        wanted = self.headers.get("Range")
        if wanted and status == 200 and not self.path.startswith("/aio"):
            content, status = content[int(wanted[6:-1]) :], 206
        self.send_response(status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: reply.cut])
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Nothing: the test's output is its own."""


@pytest.fixture
def archive() -> Iterator[Archive]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {}))
    made = Archive(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass.archive = made
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def line(archive: Archive) -> Line:
    return Line(services_of(archive.url))


def services_of(url: str) -> Services:
    places = ("aio", "tap", "rev0", "mtap", "xmatch", "vizier", "hips", "rmf")
    return Services(*(f"{url}/{place}" for place in places), timeout_s=5, pause_s=0.001)


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def events(write_events, recipe, tmp_path: Path) -> bytes:
    """A small event list as the archive packs it."""
    path = write_events(recipe(background=200, cards={"OBS_ID": OBSID}), folder="made")
    return gzip.compress(path.read_bytes(), mtime=0)


@pytest.fixture
def packed() -> object:
    """Makes the tar that the product service sends for several files."""

    def pack(files: dict[str, bytes]) -> bytes:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        return stream.getvalue()

    return pack
