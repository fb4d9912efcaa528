"""The Django engine: the server starts at the first connection and comes back after a crash."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.utils import OperationalError

from claxson.core.embedded import Cluster
from claxson.core.embedded.server import is_running, recorded_pid
from claxson.core.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.crash


@pytest.fixture
def connect(cluster: Cluster, django_db_blocker: Any) -> Iterator[Callable[..., DatabaseWrapper]]:
    """Django's connection to the cluster under test."""
    made: list[DatabaseWrapper] = []

    def make(**changes: Any) -> DatabaseWrapper:
        settings = {"ENGINE": "claxson.core.postgresql", "NAME": "", "CLUSTER_HOME": cluster.home, **changes}
        connections.configure_settings({"default": settings})
        made.append(DatabaseWrapper(settings, alias="probe"))
        return made[-1]

    with django_db_blocker.unblock():
        yield make
        for wrapper in made:
            wrapper.close()
            if wrapper.settings_dict["OPTIONS"]:
                wrapper.close_pool()


def ask(connection: DatabaseWrapper, question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0] if cursor.rownumber is not None else None


def kill_server(cluster: Cluster) -> None:
    """With all it started: a back end that has not noticed yet would still answer a connection's check."""
    server = psutil.Process(recorded_pid(cluster.data))
    children = server.children()
    server.kill()
    psutil.wait_procs(children, timeout=60)
    while is_running(cluster.data):
        time.sleep(0.01)


def test_nothing_starts_before_the_first_query(
    connect: Callable[..., DatabaseWrapper], cluster: Cluster
) -> None:
    connection = connect()
    assert not cluster.alive()
    assert ask(connection, "SELECT current_database()") == "claxson"
    assert connection.settings_dict["PORT"] == cluster.connection_info().port


def test_a_cluster_without_a_folder_is_refused(connect: Callable[..., DatabaseWrapper]) -> None:
    with pytest.raises(ImproperlyConfigured, match="CLUSTER_HOME"):
        connect(CLUSTER_HOME=None)


@pytest.mark.parametrize("options", [{}, {"pool": {"min_size": 1, "max_size": 2, "timeout": 20}}])
def test_a_new_connection_brings_a_killed_server_back(
    connect: Callable[..., DatabaseWrapper], cluster: Cluster, options: dict[str, Any]
) -> None:
    connection = connect(OPTIONS=options, CONN_HEALTH_CHECKS=True)
    ask(connection, "CREATE TABLE kept (n) AS SELECT 1")
    connection.close()
    kill_server(cluster)
    assert ask(connection, "SELECT n FROM kept") == 1


def test_a_missing_database_is_still_an_error(connect: Callable[..., DatabaseWrapper]) -> None:
    connection = connect(NAME="nowhere")
    with pytest.raises(OperationalError, match='database "nowhere" does not exist'):
        connection.ensure_connection()


def test_test_databases_are_made_on_the_same_cluster(connect: Callable[..., DatabaseWrapper]) -> None:
    connection = connect()
    assert connection.creation._get_test_db_name() == "test_claxson"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0] == "postgres"


def test_dbshell_runs_the_clusters_own_psql(connect: Callable[..., DatabaseWrapper]) -> None:
    connection = connect()
    connection.get_connection_params()
    command, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    assert command[0].endswith("/bin/psql")
    assert command[-1] == "claxson"
    assert environment["PGPASSWORD"]
