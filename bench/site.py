"""A whole site of its own in a temporary folder: database, server, worker, volunteers who are logged in."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CSRF = "a" * 32
START_WITHIN_S = 60

SEED = """
import json
from importlib import import_module
from django.conf import settings
from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.voting.models import QueueEntry
Session = import_module(settings.SESSION_ENGINE).SessionStore
sources = Source.objects.bulk_create(
    Source(name=f"TEST J{{i:06d}}", origin="test", ra_deg=1, dec_deg=2) for i in range({n_sources}))
QueueEntry.objects.bulk_create(QueueEntry(source=s) for s in sources)
users = User.objects.bulk_create(User(username=f"volunteer{{i}}", password="!") for i in range({n_users}))
Voter.objects.bulk_create(Voter(user=u) for u in users)
keys = []
for user in users:
    session = Session()
    session.update({{"_auth_user_id": str(user.pk), "_auth_user_hash": user.get_session_auth_hash(),
        "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0]}})
    session.create()
    keys.append(session.session_key)
print(json.dumps({{"sessions": keys, "sources": [s.name for s in sources]}}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """Start with `with Site() as site:`; everything it started ends with it."""

    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="claxson-site-")))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Site":
        return self.prepared()

    def prepared(self) -> "Site":
        self.folder.chmod(0o755)  # the database's own account must be able to enter
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.processes):
            self.stop(name)
        self.database("stop")
        shutil.rmtree(self.folder)

    @property
    def env(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        own = {"CLAXSON_DATA": str(self.folder), "LOG_LEVEL": "ERROR"}
        return inherited | own | self.settings

    def manage(self, *arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode not in allowed:
            raise RuntimeError(f"manage.py {arguments[0]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def database(self, verb: str) -> None:
        command = [sys.executable, "-m", "claxson.core.embedded", verb]
        subprocess.run(command, env=self.env, cwd=ROOT, check=False, capture_output=True)

    def seed(self, n_users: int, n_sources: int) -> tuple[list["Volunteer"], list[str]]:
        """People who are logged in, and sources open to their votes."""
        made = json.loads(self.query(SEED.format(n_users=n_users, n_sources=n_sources)))
        return [Volunteer(self.port, key) for key in made["sessions"]], made["sources"]

    def query(self, code: str) -> str:
        """What this code prints, run inside the site."""
        return self.manage("shell", "--no-imports", "-c", code)

    def start(self, name: str) -> None:
        arguments = ["serve", "--port", str(self.port)] if name == "serve" else [name]
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        self.processes[name] = subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True)
        if name == "serve":
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            try:
                if get(self.port, "/readyz") == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the server did not become ready")

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def kill_database(self) -> None:
        for pid in postmasters(self.folder):
            os.kill(pid, signal.SIGKILL)

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        process.wait(20)


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def postmasters(folder: Path) -> list[int]:
    """The PostgreSQL servers whose data lie in this folder."""
    found = (path.read_text().split("\n", 1)[0] for path in folder.rglob("postmaster.pid"))
    return [int(pid) for pid in found]


@dataclass
class Volunteer:
    """Somebody who is logged in and uses the API, on one connection kept open.

    Every call raises OSError where no answer came.
    """

    port: int
    session: str
    connection: http.client.HTTPConnection | None = None

    def leases(self, wanted: int = 1) -> tuple[int, list[dict[str, str]]]:
        """The status, and the sources that were handed out."""
        status, answer = self.post("/api/v1/leases/", {"wanted": wanted})
        return status, answer.get("leases", [])

    def vote(self, lease: str, answer: str, key: uuid.UUID) -> int:
        """The status: 200 stored (or stored before), 409 refused."""
        return self.post("/api/v1/votes/", {"lease": lease, "answer": answer, "key": str(key)})[0]

    def post(self, path: str, body: dict[str, object]) -> tuple[int, dict[str, Any]]:
        try:
            return self._post(path, json.dumps(body))
        except http.client.HTTPException as error:
            self.close()
            raise OSError(f"no answer: {error!r}") from error
        except OSError:
            self.close()
            raise

    def _post(self, path: str, body: str) -> tuple[int, dict[str, Any]]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/json",
        }
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(content) if is_json else {}

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None
