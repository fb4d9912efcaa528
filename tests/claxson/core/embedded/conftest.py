"""Folders that any user can enter, processes that use a cluster, and a way to be somebody else."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from claxson.core.embedded import Cluster
from claxson.core.embedded.location import relocated

ROOT = Path(__file__).resolve().parents[4]

USER = """
import sys
from pathlib import Path
from claxson.core.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]))
print(cluster.ensure_running().port, flush=True)
sys.stdin.read()
"""


class User:
    """A process that joins the cluster of a folder and stays until told to end."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-c", USER, str(home)]
        pipe = subprocess.PIPE
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)

    def wait_for_port(self) -> int:
        assert self.process.stdout
        return int(self.process.stdout.readline())

    def end(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


@pytest.fixture
def place() -> Iterator[Path]:
    """Made here, as pytest's own temporary folders are closed to the server's account."""
    folder = Path(tempfile.mkdtemp(prefix="claxson test "))
    folder.chmod(0o755)
    yield folder
    for home in [lock.parent for lock in folder.rglob("users.lock")]:
        Cluster(home).release()
        Cluster(home).stop()
    shutil.rmtree(folder)


@pytest.fixture
def new_cluster(place: Path) -> Cluster:
    return Cluster(place / "pg", shared=place / "shared")


@pytest.fixture(scope="session")
def prototype() -> Iterator[Path]:
    """A cluster made once, as making one takes most of a test's time; it does not wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="claxson-prototype-"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "pg")
    cluster.ensure_running()
    cluster.release()
    with (cluster.data / "postgresql.conf").open("a") as stream:
        stream.write("fsync = off\n")
    yield cluster.home
    shutil.rmtree(folder)


@pytest.fixture
def cluster(prototype: Path, new_cluster: Cluster) -> Cluster:
    subprocess.run(["cp", "-a", prototype, new_cluster.home], check=True)
    return new_cluster


@pytest.fixture
def private_cluster(place: Path) -> Cluster:
    """In a folder that nobody but its owner can enter."""
    private = place / "private"
    private.mkdir(mode=0o700)
    return Cluster(private / "var" / "pg", shared=place / "shared")


@pytest.fixture
def start_user() -> Iterator[Callable[[Path], User]]:
    started: list[User] = []

    def start(home: Path) -> User:
        started.append(User(home))
        return started[-1]

    yield start
    for user in started:
        user.kill()


@pytest.fixture
def root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, who can become other users")


@pytest.fixture
def nobody(root: None) -> pwd.struct_passwd:
    """An ordinary user."""
    return pwd.getpwnam("nobody")


@pytest.fixture
def as_nobody(nobody: pwd.struct_passwd) -> Callable[[Callable[[], object]], str]:
    """What an action returns or raises in a process of an ordinary user."""

    def run(action: Callable[[], object]) -> str:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _become(nobody)
            os.write(writing, _outcome(action).encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        with os.fdopen(reading) as stream:
            return stream.read()

    return run


def _become(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _outcome(action: Callable[[], object]) -> str:
    try:
        return str(action())
    except Exception as error:  # noqa: BLE001 (told to the parent)
        return f"{type(error).__name__}: {error}"


@pytest.fixture
def relocated_home(private_cluster: Cluster) -> Path:
    return relocated(private_cluster.preferred, private_cluster.shared)
