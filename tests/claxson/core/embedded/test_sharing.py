"""Several processes, one server: started by the first, stopped by the last."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from claxson.core.embedded import Cluster
from claxson.core.embedded.server import is_running, recorded_pid

pytestmark = pytest.mark.crash


def ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(**cluster.connection_info().parameters()) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone()[0] if cursor.rownumber is not None else None


def test_it_makes_starts_and_opens_a_database(new_cluster: Cluster) -> None:
    new_cluster.ensure_running()
    assert ask(new_cluster, "SELECT current_database()") == "claxson"
    assert ask(new_cluster, "SHOW data_checksums") == "on"
    assert ask(new_cluster, "SHOW listen_addresses") == "127.0.0.1"


def test_it_refuses_a_wrong_password(cluster: Cluster) -> None:
    parameters = cluster.ensure_running().parameters()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**(parameters | {"password": "wrong"}))


def test_the_last_of_two_users_stops_the_server(cluster: Cluster, start_user: Callable) -> None:
    first, second = start_user(cluster.home), start_user(cluster.home)
    assert first.wait_for_port() == second.wait_for_port()
    first.end()
    assert cluster.alive()
    second.end()
    assert not is_running(cluster.data)


def test_a_killed_user_blocks_nobody_and_the_next_stops_the_server(
    cluster: Cluster, start_user: Callable
) -> None:
    killed = start_user(cluster.home)
    killed.wait_for_port()
    killed.kill()
    assert cluster.alive()
    following = start_user(cluster.home)
    following.wait_for_port()
    following.end()
    assert not is_running(cluster.data)


def test_six_processes_at_once_make_one_server(new_cluster: Cluster, start_user: Callable) -> None:
    users = [start_user(new_cluster.home) for _ in range(6)]
    assert len({user.wait_for_port() for user in users}) == 1
    for user in users:
        user.end()
    assert not is_running(new_cluster.data)


def test_a_user_who_comes_while_the_last_one_leaves_gets_a_server(
    cluster: Cluster, start_user: Callable
) -> None:
    for _ in range(4):
        leaving = start_user(cluster.home)
        leaving.wait_for_port()
        coming = start_user(cluster.home)
        leaving.end()
        coming.wait_for_port()
        assert cluster.alive()
        coming.end()


def test_a_killed_server_is_started_again_on_its_port(cluster: Cluster) -> None:
    port = cluster.ensure_running().port
    ask(cluster, "CREATE TABLE kept (n) AS SELECT 1")
    os.kill(recorded_pid(cluster.data), signal.SIGKILL)
    while is_running(cluster.data):
        pass
    assert cluster.ensure_running().port == port
    assert ask(cluster, "SELECT n FROM kept") == 1


def test_a_server_that_recovers_is_waited_for(cluster: Cluster) -> None:
    cluster.ensure_running()
    where = cluster.connection_info().parameters()
    with psycopg.connect(**where) as victim, psycopg.connect(**where, autocommit=True) as witness:
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):  # once the server has noticed, it sends everybody away
            witness.execute("SELECT pg_sleep(60)")
    cluster.ensure_running()
    assert ask(cluster, "SELECT 1") == 1


def hold(ready: "multiprocessing.Event", go: "multiprocessing.Event") -> None:
    ready.set()
    go.wait(60)


def ensure_one_vanished(home: Path) -> None:
    """Another folder of this process is deleted under its feet."""
    gone = Cluster(home)
    gone.ensure_running()
    gone.stop()
    shutil.rmtree(home)


def test_a_forked_child_keeps_the_server_after_its_parent_left(cluster: Cluster) -> None:
    cluster.ensure_running()
    ensure_one_vanished(cluster.home.with_name("gone"))
    context = multiprocessing.get_context("fork")
    ready, go = context.Event(), context.Event()
    child = context.Process(target=hold, args=(ready, go))
    child.start()
    ready.wait(60)
    cluster.release()
    assert cluster.alive()
    go.set()
    child.join(60)
    cluster.ensure_running()
    cluster.release()
    assert not is_running(cluster.data)


def test_releasing_twice_is_harmless_and_joining_again_works(cluster: Cluster) -> None:
    cluster.ensure_running()
    cluster.release()
    cluster.release()
    assert not cluster.alive()
    cluster.ensure_running()
    assert cluster.alive()
