"""What a crash, a stranger or an update may leave in the way of a start."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from claxson.core.embedded import Cluster, ClusterError, NoBinariesError, OtherVersionError
from claxson.core.embedded.account import account_for, run_as
from claxson.core.embedded.configuration import read_port
from claxson.core.embedded.server import is_running

pytestmark = pytest.mark.crash

ROOT = Path(__file__).resolve().parents[4]
MAKE = "import sys; from pathlib import Path; from claxson.core.embedded import Cluster; "
MAKE += "Cluster(Path(sys.argv[1])).ensure_running()"


def stopped(cluster: Cluster) -> Cluster:
    cluster.ensure_running()
    cluster.release()
    return cluster


@pytest.mark.parametrize("name", ["a space", 'it\'s $HOME `x` "q"', "x" * 120, "αβγ"])
def test_any_name_of_a_folder_will_do(place: Path, name: str) -> None:
    cluster = Cluster(place / name / "pg")
    cluster.ensure_running()
    assert cluster.alive()


def test_a_link_to_the_folder_is_the_same_cluster(cluster: Cluster, place: Path) -> None:
    cluster.ensure_running()
    (place / "link").symlink_to(cluster.home)
    assert Cluster(place / "link").alive()


def test_a_killed_creation_leaves_nothing_that_blocks(new_cluster: Cluster) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    maker = subprocess.Popen([sys.executable, "-c", MAKE, new_cluster.home], env=environment)
    while not list(new_cluster.home.glob(".new-*/data/base")):
        time.sleep(0.01)
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    new_cluster.ensure_running()
    assert not list(new_cluster.home.glob(".new-*"))


def test_data_of_another_major_version_are_refused(cluster: Cluster) -> None:
    (stopped(cluster).data / "PG_VERSION").write_text("12\n")
    with pytest.raises(OtherVersionError, match="written by PostgreSQL 12"):
        cluster.ensure_running()


def test_the_port_stays_unless_a_stranger_takes_it(cluster: Cluster) -> None:
    port = read_port(stopped(cluster).data)
    assert cluster.ensure_running().port == port
    cluster.release()
    with socket.create_server(("127.0.0.1", port)):
        assert cluster.ensure_running().port != port
        assert cluster.alive()


def test_a_stranger_on_the_port_is_not_told_the_password(cluster: Cluster) -> None:
    port = read_port(stopped(cluster).data)
    request_for_cleartext = b"R\x00\x00\x00\x08\x00\x00\x00\x03"
    with socket.create_server(("127.0.0.1", port)) as stranger:
        command = [sys.executable, "-c", ASK, repr(cluster.connection_info().parameters())]
        asking = subprocess.Popen(command, stderr=subprocess.PIPE)
        connection, _ = stranger.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(request_for_cleartext)
            assert not connection.recv(1000)
        assert b"cleartext" in asking.communicate()[1]


ASK = "import ast, sys, psycopg; psycopg.connect(**ast.literal_eval(sys.argv[1]))"


def test_a_recycled_process_number_does_not_block_the_start(cluster: Cluster) -> None:
    data = stopped(cluster).data
    script = "import subprocess; print(subprocess.Popen(['sleep', '60'], stdout=-3, stderr=-3).pid)"
    other = int(run_as(account_for(data), ["/usr/bin/python3", "-c", script], cwd=cluster.home).stdout)
    (data / "postmaster.pid").write_text(f"{other}\n{data}\n0\n1\n\n\n\nready\n")
    cluster.stop()
    cluster.ensure_running()
    os.kill(other, signal.SIGKILL)  # it lived through stop()
    assert cluster.alive()


def test_a_server_that_cannot_start_says_why(
    cluster: Cluster, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claxson.core.embedded.cluster.PAUSES", (0.1,))
    with (stopped(cluster).data / "postgresql.conf").open("a") as stream:
        stream.write("no_such_setting = 1\n")
    with caplog.at_level(logging.WARNING), pytest.raises(ClusterError, match="no_such_setting"):
        cluster.ensure_running()


def test_a_full_server_is_not_taken_for_a_dead_one(cluster: Cluster) -> None:
    with (stopped(cluster).data / "postgresql.conf").open("a") as stream:
        stream.write("max_connections = 5\n")
    parameters = cluster.ensure_running().parameters()
    connections = [psycopg.connect(**parameters) for _ in range(5)]
    assert cluster.alive()
    for connection in connections:
        connection.close()


def test_missing_binaries_are_named(new_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAXSON_PG_BIN", "/nowhere")
    with pytest.raises(NoBinariesError, match="CLAXSON_PG_BIN=/nowhere"):
        new_cluster.ensure_running()


def test_stopping_what_was_never_made_does_nothing(new_cluster: Cluster) -> None:
    new_cluster.stop()
    assert not is_running(new_cluster.data)
    assert not new_cluster.home.exists()


def test_a_lost_password_is_named(cluster: Cluster) -> None:
    (cluster.home / "secret").unlink()
    with pytest.raises(ClusterError, match="secret"):
        cluster.ensure_running()
