"""The server's processes: they come and go together, and outlive what they can."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.site import Site, get, postmasters

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def made() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def site(made: Site) -> Iterator[Site]:
    made.start("serve")
    yield made
    if "serve" in made.processes:
        made.stop("serve")


def workers(site: Site) -> list[int]:
    server = site.processes["serve"].pid
    return [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def within_ten_seconds(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def ended(pid: int) -> bool:
    """A zombie has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_ends_in_order_and_the_last_to_leave_stops_the_database(site: Site) -> None:
    server = site.processes["serve"]
    site.stop("serve")
    assert server.returncode == 0
    assert postmasters(site.folder) == []


def test_no_worker_outlives_a_server_that_was_killed(site: Site) -> None:
    before = workers(site)
    site.kill("serve")
    assert before
    assert within_ten_seconds(lambda: all(ended(pid) for pid in before))


def test_a_worker_that_was_killed_is_replaced(site: Site) -> None:
    before = workers(site)
    os.kill(before[0], signal.SIGKILL)
    assert within_ten_seconds(lambda: len(set(workers(site)) - {before[0]}) == len(before))
    site.wait_until_ready()


def test_kept_connections_survive_the_databases_death(site: Site) -> None:
    assert {get(site.port, "/readyz") for _ in range(20)} == {200}
    site.kill_database()
    time.sleep(0.2)
    assert [get(site.port, "/readyz") for _ in range(20)] == [200] * 20


def test_a_taken_port_is_refused_plainly(made: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(RuntimeError, match="is taken by another program"):
            made.manage("serve", "--port", port)


def test_idle_browsers_keep_nobody_waiting(site: Site) -> None:
    idle = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(40)]
    try:
        assert get(site.port, "/healthz") == 200
    finally:
        for connection in idle:
            connection.close()


def test_it_serves_static_files(site: Site) -> None:
    assert get(site.port, "/static/css/tokens.css") == 200


def test_ctrl_c_ends_it(site: Site) -> None:
    server = site.processes.pop("serve")
    server.send_signal(signal.SIGINT)
    try:
        assert server.wait(15) == 0
    except subprocess.TimeoutExpired:
        server.kill()
        raise
