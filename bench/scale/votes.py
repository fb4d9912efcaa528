"""Votes through the real endpoint, beside a bare INSERT view and pgbench of the same transaction."""

import re
import subprocess
import uuid
from pathlib import Path

from django.db import connection

from bench.scale import bare
from bench.scale.ballots import bodies, take_leases
from bench.scale.cost import cpu_s, fdatasync_us
from bench.scale.load import Outcome, post, send_all
from bench.site import Site, postmasters
from claxson.core.embedded import Cluster
from claxson.core.embedded.binaries import find_binaries
from claxson.voting.services.casting import CAST
from claxson.voting.services.desk import DESK

CONNECTIONS = 16
WARM_UP = 400


def through_http(site: Site, n: int) -> str:
    """The rate, the latency, and what a vote costs the server and PostgreSQL."""
    requests = [post(site.port, "/api/v1/votes/", body) for body in bodies(n + WARM_UP)]
    return _measured("votes through /api/v1/votes/", site, requests)


def bare_view(site: Site, n: int) -> str:
    """The same requests to a view that does nothing but one INSERT."""
    with connection.cursor() as cursor:
        cursor.execute(bare.TABLE)
    body = b'{"lease": "%s", "key": "%s", "answer": "agn"}'
    requests = [
        post(site.port, "/api/v1/votes/", body % (b"x" * 120, str(uuid.uuid4()).encode()))
        for _ in range(n + WARM_UP)
    ]
    site.settings["DJANGO_SETTINGS_MODULE"] = "bench.scale.floor"
    return _measured("bare view, one INSERT, full middleware", site, requests)


def _measured(what: str, site: Site, requests: list[bytes]) -> str:
    site.start("serve")
    try:
        send_all(site.port, requests[:WARM_UP], CONNECTIONS)
        server, database = site.processes["serve"].pid, postmasters(site.folder)[0]
        before = cpu_s(server), cpu_s(database)
        outcome = send_all(site.port, requests[WARM_UP:], CONNECTIONS)
        after = cpu_s(server), cpu_s(database)
    finally:
        site.stop("serve")
    each = [(b - a) * 1000 / len(outcome.took) for a, b in zip(before, after, strict=True)]
    return f"| {what} | {_told(outcome)}; CPU-ms a request: server {each[0]:.2f}, PostgreSQL {each[1]:.2f} |"


def _told(outcome: Outcome) -> str:
    refused = f", {outcome.refused} refused" if outcome.refused else ""
    p50, p95 = outcome.quantile_ms(0.5), outcome.quantile_ms(0.95)
    return f"{outcome.per_second:.0f}/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms{refused}"


LEASES = """
CREATE TABLE IF NOT EXISTS bench_lease (n serial PRIMARY KEY, lease uuid, voter uuid, source bigint);
TRUNCATE bench_lease RESTART IDENTITY;
CREATE SEQUENCE IF NOT EXISTS bench_n; ALTER SEQUENCE bench_n RESTART;
"""
TAKE = """
SELECT lease, voter, source, q.xmin::text AS row_version
FROM bench_lease JOIN voting_queueentry q ON q.source_id = source WHERE n = (SELECT nextval('bench_n')) \\gset
"""


def by_pgbench(site: Site, n: int) -> str:
    """The vote's own statements (desk, and vote with its place in the queue) without Python."""
    with connection.cursor() as cursor:
        cursor.execute(LEASES)
        cursor.executemany(
            "INSERT INTO bench_lease (lease, voter, source) VALUES (%s, %s, %s)", take_leases(n)
        )
        cursor.execute("SELECT count(*) FROM bench_lease")
        (there,) = cursor.fetchone()
    script = site.folder / "vote.sql"
    script.write_text(pgbench_script())
    address = Cluster(site.folder / "pg").connection_info()
    where = ["-h", address.host, "-p", str(address.port), "-U", address.user]
    load = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-t", str(there // CONNECTIONS)]
    command = [str(find_binaries() / "pgbench"), *where, *load, "-f", str(script), address.dbname]
    env = {"PGPASSWORD": address.password}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, cwd=Path("/"))
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return f"| pgbench, the same transaction | {float(found.group(1)):.0f}/s |"


def pgbench_script() -> str:
    constants = {
        "key": "gen_random_uuid()",
        "version": "1",
        "answer": "'agn'",
        "nothing_seen": "false",
        "comment": "''",
        "dwell_ms": "9000",
        "level": "2",
        "gold_class": "''",
        "counts": "true",
        "on_gold": "false",
        "right": "false",
        "log_odds": "'{-0.5,-2.3,-2.3,-2.3,-2.3}'",
        "priority": "q.priority + 0.03 * (q.n_votes % 2)",  # about every other vote moves its source
    }
    variables = {
        "lease": ":lease::uuid",
        "voter": ":voter::uuid",
        "source": ":source",
        "row_version": ":row_version",
    }
    statements = [" ".join((s % (constants | variables)).split()) + ";" for s in (DESK, CAST)]
    return "\n".join([TAKE.strip().replace("\n", " "), *statements]) + "\n"


def durability(site: Site) -> str:
    return f"| fdatasync of 8 KB where the database lies | {fdatasync_us(site.folder):.0f} us |"
