"""Votes per second through HTTP, beside the insert rate of pgbench on the same server in the same run."""

import re
import subprocess
import threading
import time
import uuid
from pathlib import Path

from bench.site import Site, Volunteer
from claxson.core.embedded import Cluster
from claxson.core.embedded.binaries import find_binaries

CONNECTIONS = 8
N_VOLUNTEERS = 40
N_SOURCES = 60
PGBENCH_S = 8

TABLE = """
CREATE TABLE IF NOT EXISTS bench_vote (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key uuid UNIQUE, voter int, source int, UNIQUE (voter, source)
);
"""
INSERT = """
\\set voter random(1, 1000000)
\\set source random(1, 1000000)
INSERT INTO bench_vote (key, voter, source)
    VALUES (gen_random_uuid(), :voter, :source) ON CONFLICT DO NOTHING;
"""


def votes_per_second(site: Site) -> tuple[float, list[float]]:
    """All volunteers vote on all sources over 8 connections; the rate, and the seconds each vote took."""
    volunteers, _ = site.seed(N_VOLUNTEERS, N_SOURCES)
    took: list[float] = []
    shares = [volunteers[i::CONNECTIONS] for i in range(CONNECTIONS)]
    threads = [threading.Thread(target=vote, args=(share, took)) for share in shares]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took) / (time.perf_counter() - started), sorted(took)


def vote(volunteers: list[Volunteer], took: list[float]) -> None:
    """Each volunteer answers what they are handed, until nothing is left; the votes alone are timed."""
    for volunteer in volunteers:
        while leases := volunteer.leases(6)[1]:
            for lease in leases:
                started = time.perf_counter()
                status = volunteer.vote(lease["lease"], "agn", uuid.uuid4())
                assert status == 200, status
                took.append(time.perf_counter() - started)
        volunteer.close()


def inserts_per_second(site: Site) -> float:
    """One bare INSERT per transaction, 8 connections."""
    cluster = Cluster(site.folder / "pg")
    address = cluster.connection_info()
    script = site.folder / "insert.sql"
    script.write_text(INSERT)
    site.query(f"from django.db import connection\nconnection.cursor().execute('''{TABLE}''')")
    where = ["-h", address.host, "-p", str(address.port), "-U", address.user]
    load = [
        "-n",
        "-c",
        str(CONNECTIONS),
        "-j",
        "2",
        "-T",
        str(PGBENCH_S),
        "-M",
        "prepared",
        "-f",
        str(script),
    ]
    command = [str(find_binaries() / "pgbench"), *where, *load, address.dbname]
    done = subprocess.run(
        command,
        env={"PGPASSWORD": address.password},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path("/"),
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found.group(1))


def report() -> str:
    with Site() as site:
        site.start("serve")
        rate, took = votes_per_second(site)
        inserts = inserts_per_second(site)
    p50, p95 = (took[int(len(took) * q)] * 1000 for q in (0.5, 0.95))
    return (
        f"| votes, {CONNECTIONS} connections | {rate:.0f}/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms |\n"
        f"| pgbench, one INSERT a transaction | {inserts:.0f}/s |\n"
        f"| ratio | {rate / inserts:.1%} |"
    )
