"""Django's PostgreSQL backend on the embedded cluster: it starts at the first connection, never before.

DATABASES = {"default": {"ENGINE": "claxson.core.postgresql", "NAME": "claxson", "CLUSTER_HOME": <folder>}}
"""

import select
from functools import cache, partial
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient
from django.utils.asyncio import async_unsafe

from claxson.core.embedded import Cluster, ClusterError, ConnectionInfo
from claxson.core.embedded.binaries import find_binaries
from claxson.core.embedded.cluster import DATABASE


class Server:
    """A cluster as one process sees it: asked whether it runs once, and again when a connection fails."""

    def __init__(self, home: Path) -> None:
        self.cluster = Cluster(home)
        self.known: ConnectionInfo | None = None

    def info(self) -> ConnectionInfo:
        if self.known is None:
            self.known = self.cluster.ensure_running()
        return self.known

    def revive(self) -> ConnectionInfo:
        """Make sure that it runs after a failed connection, whatever the reason was."""
        try:
            self.known = self.cluster.ensure_running()
        except ClusterError as error:
            raise psycopg.OperationalError(str(error)) from error
        return self.known


@cache
def server_in(home: Path) -> Server:
    return Server(home)


class RevivingConnection(psycopg.Connection[Any]):
    """A connection whose opening starts the server again if it has died: also in a pool's own threads."""

    server: Server

    @classmethod
    def connect(cls, conninfo: str = "", **parameters: Any) -> "RevivingConnection":
        try:
            return super().connect(conninfo, **parameters)
        except psycopg.OperationalError:
            info = cls.server.revive()  # it may have had to move to another port
        return super().connect(conninfo, **(parameters | {"port": info.port}))


class DatabaseClient(PostgresClient):
    """`manage.py dbshell`: the embedded server's own psql."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Any
    ) -> tuple[list[str], dict[str, str] | None]:
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        return [str(find_binaries() / "psql"), *arguments[1:]], environment

    def runshell(self, parameters: Any) -> None:
        self.connection.get_connection_params()  # fills in the address
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own wrapper, with the address filled in from the running cluster."""

    client_class = DatabaseClient

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        home = settings_dict.get("CLUSTER_HOME")
        if not home:
            raise ImproperlyConfigured("the engine claxson.core.postgresql needs CLUSTER_HOME, a folder")
        if settings_dict["NAME"] == "":  # None means the maintenance database
            settings_dict["NAME"] = DATABASE
        super().__init__(settings_dict, alias)
        self.server = server_in(Path(home))

    def get_connection_params(self) -> dict[str, Any]:
        address = self.server.info().parameters()
        keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        # psql, pg_dump and the creation of test databases read the settings.
        self.settings_dict.update({key: address[name] for key, name in keys.items()})
        parameters: dict[str, Any] = super().get_connection_params()
        return {**address, **parameters}

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"]
        if options.get("pool"):
            chosen = {} if options["pool"] is True else options["pool"]
            options["pool"] = {"connection_class": reviving(self.server), **chosen}
        return super().pool

    def is_usable(self) -> bool:
        """A server on this machine that died has closed its connections, which shows without a question: on
        an idle connection there is nothing to read."""
        if self.connection is None or self.connection.closed:
            return False
        idle = select.poll()
        idle.register(self.connection.fileno(), select.POLLIN)
        return not idle.poll(0) or super().is_usable()

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connect = partial(super().get_new_connection)
        try:
            return connect(conn_params)
        except psycopg.OperationalError:
            if self.pool:
                raise  # its connections have tried already
            self.server.revive()
        return connect(self.get_connection_params())


@cache
def reviving(server: Server) -> type[RevivingConnection]:
    """The class through which a pool opens connections to `server`."""
    return type("RevivingConnection", (RevivingConnection,), {"server": server})
