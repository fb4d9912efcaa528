"""The reads that must stay fast however much there is: next source, leaderboard, all votes together."""

import random
import resource
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.scale.ballots import voters_by_activity
from bench.scale.cost import cpu_s
from claxson.accounts.models import User, Voter
from claxson.voting.aggregation import runs
from claxson.voting.models import ConsensusRun, Lease, VoterRecord
from claxson.voting.services.desk import desk_of
from claxson.voting.services.leasing import BY_LOT, MOST_WORTH, Order

T = TypeVar("T")
STAGES = {
    "read": "read_votes",
    "fit": "aggregate_votes",
    "score the rules": "_scoreboard",
    "write habits": "write_habits",
    "write open sources": "write_open_evidence",
    "write closed sources": "write_posteriors",
}


def seconds_of(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def quantiles_ms(took: list[float]) -> str:
    ordered = sorted(took)
    p50, p95 = (ordered[int(len(ordered) * q)] * 1000 for q in (0.5, 0.95))
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def next_source(n: int) -> str:
    """The statement that finds a source, takes a place in it and writes the lease; each is rolled back."""
    active, lot = [], []
    for voter_id in voters_by_activity(n):
        active.append(_taking(voter_id, MOST_WORTH, Lease.Mode.ACTIVE, share=0.9))
        lot.append(_taking(voter_id, BY_LOT, Lease.Mode.RANDOM, share=0.1, u=random.random()))
    return (
        f"| next source, most worth looking at | {quantiles_ms(active)} |\n"
        f"| next source, by lot | {quantiles_ms(lot)} |"
    )


def _taking(voter_id: UUID, pick: str, mode: str, **parameters: float) -> float:
    with transaction.atomic():
        voter = Voter(pk=voter_id)
        order = Order(voter, desk_of(voter), training=False, only=None)
        took = seconds_of(lambda: order.take(pick, mode, **parameters))
        transaction.set_rollback(True)
    return took


def leaderboard() -> str:
    """Signed out, and by the voter in the middle, who is shown the places near their own."""
    known = VoterRecord.objects.filter(n_votes__gt=0).exclude(voter__user=None).order_by("-n_votes")
    middle = known.select_related("voter__user")[known.count() // 2].voter.user
    return "\n".join(
        _page(what, "/en/leaderboard/", user)
        for what, user in (("leaderboard, signed out", None), ("leaderboard, logged in", middle))
    )


def own_page() -> str:
    """Of the most active voter."""
    first = (
        VoterRecord.objects.exclude(voter__user=None).order_by("-n_votes").select_related("voter__user")[0]
    )
    what = f"one's own page, {first.n_votes:,} votes"
    return "\n".join(
        _page(f"{what}, page {page:,}", f"/en/me/?page={page}", first.voter.user)
        for page in (1, first.n_votes // 30)
    )


def _page(what: str, address: str, user: User | None) -> str:
    client = Client(SERVER_NAME="127.0.0.1")
    client.get("/en/presentation/")  # what every page needs at first
    if user:
        client.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        first = seconds_of(lambda: client.get(address))
        n_queries = len(queries)
    then = median(seconds_of(lambda: client.get(address)) for _ in range(10))
    return f"| {what} | {n_queries} queries, at first {first * 1000:.0f} ms, then {then * 1000:.0f} ms |"


def aggregation() -> str:
    connection.ensure_connection()
    took: dict[str, str] = {}
    with ExitStack() as stack:
        for stage, name in STAGES.items():
            stack.enter_context(patch.object(runs, name, timed(getattr(runs, name), stage, took)))
        timed(runs.aggregate_all, "in all", took)()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    votes = ConsensusRun.objects.latest("pk").n_votes
    split = ", ".join(f"{stage} {seconds}" for stage, seconds in took.items())
    what = f"all {votes:,} votes aggregated; s by the clock (CPU-s of Python + PostgreSQL)"
    return f"| {what} | {split}; {memory:,} MB |"


def timed(what: Callable[..., T], stage: str, took: dict[str, str]) -> Callable[..., T]:
    """The same, which notes what it took."""

    def with_watch(*arguments: Any, **named: Any) -> T:
        backend = connection.connection.info.backend_pid
        before = time.perf_counter(), time.process_time(), cpu_s(backend)
        result = what(*arguments, **named)
        after = time.perf_counter(), time.process_time(), cpu_s(backend)
        wall, python, database = (b - a for a, b in zip(before, after, strict=True))
        took[stage] = f"{wall:.1f} ({python:.1f} + {database:.1f})"
        return result

    return with_watch
