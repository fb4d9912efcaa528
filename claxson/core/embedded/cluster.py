"""One PostgreSQL server for all processes of one clone: started by the first, stopped by the last."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from . import configuration, creation, location, server, users
from .account import Account, account_for, is_root, make_folder, may_enter
from .binaries import Binaries, find_binaries, runnable_by
from .errors import ClusterError, NotStartedError, OtherOwnerError, OtherVersionError

DATABASE = "claxson"
MAINTENANCE = "postgres"
# After a kill -9 the zombie and orphaned back ends hold the pid file and shared memory for about a second.
PAUSES = (0.25, 0.25, 0.5, 0.5, 1, 1, 2, 2, 4, 4)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConnectionInfo:
    """How to reach the server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str = DATABASE

    def parameters(self) -> dict[str, Any]:
        """libpq's names for it, closed against PG* variables and against a stranger on our port."""
        # The server speaks no TLS and only the loopback; a program that took our port while the server
        # was down must not be told the password: scram never sends it.
        guards = {"sslmode": "disable", "gssencmode": "disable"}
        if psycopg.pq.version() >= 160000:
            guards["require_auth"] = "scram-sha-256"
        address = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {**address, "dbname": self.dbname, **guards}


class Cluster:
    """The embedded PostgreSQL of the folder `home` (see `location` for where root's data go)."""

    def __init__(self, home: Path, *, shared: Path = location.SHARED) -> None:
        self.preferred = home.absolute()
        self.shared = shared

    @cached_property
    def home(self) -> Path:
        return location.settle(self.preferred, self.shared)

    @property
    def data(self) -> Path:
        return self.home / location.DATA

    def ensure_running(self) -> ConnectionInfo:
        """Join the users of the cluster, start (and make) it if it does not answer, and tell its address."""
        with self._access():
            account = account_for(self.data)
            self._check_owner(account)
            make_folder(self.home, Account(0, 0) if is_root() else account, 0o755)
            users.join(self._users_lock, account, self.stop)
            if not self.alive():
                with self._start_lock(account):
                    self._bring_up(account)
            return self.connection_info()

    def release(self) -> None:
        """Leave the users of the cluster; the last one out stops the server."""
        users.leave(self._users_lock)

    def stop(self) -> None:
        """Stop the server, whoever uses it."""
        with self._access():
            if self.data.exists():
                account = account_for(self.data)
                self._check_owner(account)
                with self._start_lock(account):
                    server.stop(self.home, self._binaries(account), account)

    def alive(self, database: str = DATABASE) -> bool:
        """Whether our server answers to our password: a process number proves nothing."""
        try:
            with self._connect(database) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except NotStartedError:
            return False
        except psycopg.OperationalError as error:
            # Full is not dead; it says so before it would let us ask whose data it serves.
            return "too many clients" in str(error) and server.is_running(self.data)
        return row is not None and row[0] == str(self.data.resolve())

    def connection_info(self) -> ConnectionInfo:
        """How to reach the server, running or not; NotStartedError before the cluster is made."""
        with self._access():
            port = configuration.read_port(self.data)
            if port is None:
                raise NotStartedError(f"there is no database in {self.home} yet")
            password = (self.home / creation.SECRET).read_text(encoding="utf-8")
            return ConnectionInfo(configuration.LOOPBACK, port, creation.USER, password)

    @property
    def _users_lock(self) -> Path:
        return self.home / "users.lock"

    @contextmanager
    def _start_lock(self, account: Account) -> Iterator[None]:
        # Taken after the users' lock or without it, never before it: no cycle.
        handle = users.open_lock(self.home / "start.lock", account)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        parameters = self.connection_info().parameters() | {"dbname": database}
        return psycopg.connect(**parameters, connect_timeout=3, autocommit=True)

    def _binaries(self, account: Account) -> Binaries:
        return runnable_by(account, find_binaries(), self.shared)

    def _bring_up(self, account: Account) -> None:
        """Under the start lock: another process may have done all of it meanwhile."""
        if self.alive(MAINTENANCE):
            self._make_database()
            return
        binaries = self._binaries(account)
        if self.home != self.preferred:
            logger.warning("%s is private to root: the database lives in %s", self.preferred, self.home)
        if not may_enter(self.home, account):
            raise ClusterError(
                f"the database's user {account.name} cannot enter {self.home}: give it the right to"
            )
        creation.sweep(self.home)
        if not self.data.exists():
            creation.create(self.home, binaries, account)
        self._check_version(binaries)
        self._start(binaries, account)
        self._make_database()

    def _start(self, binaries: Binaries, account: Account) -> None:
        said = ""
        for pause in PAUSES:
            if server.is_running(self.data):
                self._wait()  # it recovers from a crash of its own
            else:
                server.drop_recycled_pid(self.data)
                configuration.write(self.data, self._port(), account)
                said = server.start(self.home, binaries, account)
            if self.alive(MAINTENANCE):
                return
            time.sleep(pause)
        raise NotStartedError(
            f"the database in {self.home} did not start: {said}\n{server.last_words(self.home)}"
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + server.START_SECONDS
        while server.is_running(self.data) and not self.alive(MAINTENANCE) and time.monotonic() < deadline:
            time.sleep(0.2)

    def _port(self) -> int:
        """The port it always had, as connection pools rely on it, unless a stranger has taken it."""
        port = configuration.read_port(self.data)
        if port and configuration.is_free(port):
            return port
        chosen = configuration.free_port()
        logger.warning("port %s is taken by another program: the database moves to %s", port, chosen)
        return chosen

    def _make_database(self) -> None:
        try:
            with self._connect(MAINTENANCE) as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.errors.DuplicateDatabase:
            pass

    def _check_owner(self, account: Account) -> None:
        if not self.data.exists():
            return
        owner = self.data.stat()
        if owner.st_uid != account.uid:
            name = Account(owner.st_uid, owner.st_gid).name
            raise OtherOwnerError(
                f"the database in {self.home} belongs to {name}, not to {self._caller}: {self._ways_out}"
            )

    def _check_version(self, binaries: Binaries) -> None:
        written_by = (self.data / "PG_VERSION").read_text().strip()
        if written_by != binaries.major:
            raise OtherVersionError(
                f"the data in {self.data} were written by PostgreSQL {written_by}, not {binaries.folder}"
                f" ({binaries.version}): dump them with PostgreSQL {written_by} (CLAXSON_PG_BIN=<its bin>),"
                f" move the folder away and restore the dump, or run pg_upgrade"
            )

    @contextmanager
    def _access(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise OtherOwnerError(
                f"no access to {error.filename} for {self._caller}: {self._ways_out}"
            ) from error
        except OSError as error:
            raise ClusterError(f"the database in {self.home} cannot be used: {error}") from error

    @property
    def _caller(self) -> str:
        return Account(os.geteuid(), os.getegid()).name

    @property
    def _ways_out(self) -> str:
        return (
            "one database serves one user (and root). Run as the user who made it, or give this user a"
            " database of its own by CLAXSON_DATA=<a folder of theirs>, or set DATABASE_URL"
        )
