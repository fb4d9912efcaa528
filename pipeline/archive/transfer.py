"""One request after the other: throttled, tried again where the way failed, resumed where it broke off."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.archive.services import Services
from pipeline.errors import ArchiveRefused, NoNetwork, Proprietary, UnknownProduct

CHUNK: Final = 1 << 16
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
WAY_FAILED: Final = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError)


@dataclass(frozen=True)
class Answer:
    """What came: type and file name as the archive states them, and how many bytes are in the file."""

    content_type: str
    file_name: str
    size: int


@dataclass(frozen=True)
class Form:
    """What is sent with a request: the bytes and their type."""

    content: bytes
    content_type: str


@dataclass
class Line:
    """The line to the archives.

    Attributes
    ----------
    services : Services
        Addresses and manners.
    """

    services: Services
    _last: float = field(default=0.0, repr=False)

    def fetch(self, url: str, target: Path, form: Form | None = None) -> Answer:
        """Fetch an address into a file.

        Parameters
        ----------
        url : str
            Address.
        target : Path
            File to write. What an earlier, broken transfer left of it is used if the archive can go on from
            there.
        form : Form or None
            What to send along; None asks for the address alone.

        Returns
        -------
        Answer

        Raises
        ------
        NoNetwork
            The archive cannot be reached, or the connection breaks off again and again.
        Proprietary, UnknownProduct, ArchiveRefused
            What the archive answered instead of the file.
        """
        for attempt in range(self.services.attempts):
            self._wait(attempt)
            try:
                return self._once(url, target, form)
            except urllib.error.HTTPError as error:
                with error:
                    failure = _refusal(url, error)
                if error.code < 500:
                    raise failure from error
                last: Exception = failure
            except WAY_FAILED as error:
                last = error
        if isinstance(last, ArchiveRefused):
            raise last
        host = urlsplit(url).hostname
        raise NoNetwork(
            f"{host} cannot be reached or breaks off ({_reason(last)}); is there a network? try again later"
        ) from last

    def read(self, url: str, target: Path, form: Form | None = None) -> bytes:
        """Fetch an address whole, by way of a scratch file that is removed."""
        try:
            self.fetch(url, target, form)
            return target.read_bytes()
        finally:
            target.unlink(missing_ok=True)

    def _wait(self, attempt: int) -> None:
        """Keep the pause between requests; after a failure, four times longer at each attempt."""
        pause = self.services.pause_s * 4**attempt
        time.sleep(max(self._last + pause - time.monotonic(), 0.0))
        self._last = time.monotonic()

    def _once(self, url: str, target: Path, form: Form | None) -> Answer:
        had = target.stat().st_size if target.exists() and form is None else 0
        headers = _headers(had) | ({"Content-Type": form.content_type} if form else {})
        content = form.content if form else None
        request = urllib.request.Request(url, content, headers)  # noqa: S310 - checked in _opener
        with closing(_opener(url).open(request, timeout=self.services.timeout_s)) as response:
            resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
            with target.open("ab" if resumed else "wb") as stream:
                while piece := response.read(CHUNK):
                    stream.write(piece)
            _refuse_short(response, target.stat().st_size - (had if resumed else 0))
            disposition = str(response.headers.get("Content-Disposition", ""))
            name = disposition.partition("filename=")[2].strip().strip('";')
            kind = str(response.headers.get("Content-Type", ""))
            return Answer(kind, Path(name).name, target.stat().st_size)


def _headers(had: int) -> dict[str, str]:
    agent = {"User-Agent": f"claxson-pipeline/{__version__}"}
    return agent | ({"Range": f"bytes={had}-"} if had else {})


def _opener(url: str) -> urllib.request.OpenerDirector:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise ArchiveRefused(f"{url}: not an address of the web; check the archive's base address")
    own = parts.hostname in LOOPBACK
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if own else []))


def _refuse_short(response: Any, received: int) -> None:
    """A connection that is cut ends like one that is done; only the stated length tells."""
    stated = response.headers.get("Content-Length")
    if stated is not None and received < int(stated):
        raise http.client.IncompleteRead(b"", int(stated) - received)


def _refusal(url: str, error: urllib.error.HTTPError) -> ArchiveRefused | Proprietary | UnknownProduct:
    if error.code in {401, 403}:
        return Proprietary(
            f"{url}: the data are still proprietary (status {error.code}); they come out later"
        )
    if error.code == 404:
        return UnknownProduct(f"{url}: there is no such product")
    return ArchiveRefused(f"{url}: the archive answers with status {error.code}; try again later")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
