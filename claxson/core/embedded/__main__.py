"""For operators: `python -m claxson.core.embedded status|stop|psql`."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from claxson.core.embedded import Cluster, ClusterError
from claxson.core.embedded.binaries import find_binaries


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m claxson.core.embedded", description="The embedded PostgreSQL."
    )
    parser.add_argument("--home", type=Path, help="the cluster's folder (default: the one of the settings)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="say where it is and whether it runs (exit code 0 or 3)")
    commands.add_parser("stop", help="stop the server, whoever uses it")
    shell = commands.add_parser("psql", help="open a SQL shell, or pass arguments on to psql after --")
    shell.add_argument("rest", nargs="*")
    chosen = parser.parse_args(arguments)
    try:
        return run(chosen, Cluster(chosen.home or home_of_settings()))
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def run(chosen: argparse.Namespace, cluster: Cluster) -> int:
    if chosen.command == "status":
        return status(cluster)
    if chosen.command == "psql":
        return psql(cluster, chosen.rest)
    cluster.stop()
    return 0


def home_of_settings() -> Path:
    # Only here: the package itself takes a folder and knows nothing of Django.
    from django.conf import settings  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claxson.settings")
    home = settings.DATABASES["default"].get("CLUSTER_HOME")
    if not home:
        raise ClusterError("the settings name another server (DATABASE_URL): nothing embedded here")
    return Path(str(home))


def status(cluster: Cluster) -> int:
    running = cluster.alive()
    sys.stdout.write(f"{'running' if running else 'stopped'} in {cluster.home}\n")
    if running:
        info = cluster.connection_info()
        sys.stdout.write(f"{info.host}:{info.port}, database {info.dbname}, user {info.user}\n")
    return 0 if running else 3


def psql(cluster: Cluster, rest: list[str]) -> int:
    info = cluster.ensure_running()
    address = ["-h", info.host, "-p", str(info.port), "-U", info.user]
    command = [str(find_binaries() / "psql"), *address, *rest, info.dbname]
    # A child, not exec: this process keeps its part in the cluster. Ctrl-C is psql's, to cancel a query.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.run(command, env=os.environ | {"PGPASSWORD": info.password}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
