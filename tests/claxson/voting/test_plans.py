"""The hot statements find what they need by an index: never by a scan of votes."""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from bench.scale.world import SMALL, generate
from claxson.accounts.models import User, Voter
from claxson.community.selectors import ACTIVE_EVER, BOARD
from claxson.voting.models import Lease, Vote, VoterRecord
from claxson.voting.selectors import answers_of, gold_counts, skill_of
from claxson.voting.services import leasing
from claxson.voting.services.casting import CAST, CAST_ON_GOLD
from claxson.voting.services.desk import DESK
from claxson.voting.services.newcomers import SEEN
from claxson.voting.services.withdrawal import young_votes

BIG = {"voting_vote", "voting_queueentry", "voting_lease", "voting_voterrecord", "catalogue_source"}
WHO = {"voter": uuid.UUID(int=1), "source": 7, "lease": uuid.UUID(int=2)}
ORDER = WHO | {
    "reserve": True,
    "share": 0.1,
    "u": 0.5,
    "n": 1,
    "only": [1, 2],
    "version": 1,
    "mode": "active",
}
GOLD = {"hidden": False, "gold_class": "agn", "lasts": "30 min", "rests": "7 days"}


@pytest.fixture
def world(db: None) -> None:
    """So small that scans would be cheaper: they are priced out, as size does in earnest."""
    generate(SMALL, say=list)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def plan_of(sql: str, parameters: Any = None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT json) {sql}", parameters)
        (found,) = cursor.fetchone()
    plans = json.loads(found) if isinstance(found, str) else found
    return list(nodes(plans[0]["Plan"]))


def indexes(plan: list[dict[str, Any]]) -> set[str]:
    scanned = {n.get("Relation Name") for n in plan if n["Node Type"] == "Seq Scan"} & BIG
    assert not scanned
    return {n["Index Name"] for n in plan if "Index Name" in n}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("pick", "index"),
    [
        (leasing.MOST_WORTH, "queue_by_priority"),
        (leasing.BY_LOT, "queue_by_lottery"),
        (leasing.GOLD, "gold_by_lottery"),
        (leasing.FROM_LIST, "voting_queueentry_pkey"),
    ],
)
def test_the_next_source_is_found_by_its_index(pick: str, index: str) -> None:
    assert index in indexes(plan_of(leasing.TAKE.format(pick=pick), ORDER | GOLD))


@pytest.mark.usefixtures("world")
def test_a_vote_touches_rows_by_their_keys() -> None:
    order = {"gold_class": "", "row_version": "7", "priority": 0.5, "log_odds": [0.1] * 5}
    used = indexes(plan_of(CAST, ORDER | BALLOT | order))
    assert "voting_queueentry_pkey" in used
    assert any("lease" in index for index in used)  # of a voter's few leases any index finds the one
    assert "voting_voterrecord_voter_id_key" in indexes(plan_of(DESK, WHO))


@pytest.mark.usefixtures("world")
def test_the_counted_votes_of_a_source_are_found_by_it() -> None:
    sql, parameters = Vote.objects.filter(source_id=7, counted=True).values("answer").query.sql_with_params()
    assert any("source_id" in index for index in indexes(plan_of(sql, parameters)))


def sql_of(queryset: QuerySet[Any]) -> tuple[str, Any]:
    return queryset.query.sql_with_params()


SOMEBODY = Voter(pk=WHO["voter"])
BALLOT = (
    WHO
    | dict.fromkeys(("nothing_seen", "counts", "on_gold", "right"), False)
    | {
        "key": uuid.UUID(int=3),
        "answer": "agn",
        "comment": "",
        "dwell_ms": 1,
        "level": 1,
        "gold_class": "agn",
        "version": 1,
    }
)
STANDING = Vote.objects.filter(voter=SOMEBODY, withdrawn_at=None)
LAST_GOLD = STANDING.exclude(gold_class="").exclude(answer="unsure")
NOTED = ("192.0.2.0", "2026-01-01", WHO["voter"])


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ((CAST_ON_GOLD, BALLOT), "voting_voterrecord_voter_id_key"),
        ((leasing.REAP, None), "voting_queueentry_pkey"),
        ((leasing.REAP_UNRESERVED, None), "voting_lease_expires_at"),
        ((leasing.TAKE.format(pick=leasing.THIS_GOLD), ORDER | GOLD), "voting_goldsource_pkey"),
        ((SEEN, NOTED), "accounts_voter_pkey"),
        (sql_of(young_votes(SOMEBODY).order_by("-id")[:1]), "voting_vote_cast_at"),
        (sql_of(LAST_GOLD.order_by("-id")[:20]), "gold_votes_of_voter"),
        (sql_of(Vote.objects.filter(key=uuid.UUID(int=3))), "voting_vote_key"),
        (sql_of(Lease.objects.live().filter(voter=SOMEBODY)), "lease"),
        (sql_of(VoterRecord.objects.filter(voter=SOMEBODY)), "voting_voterrecord_voter_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_runs_at_every_step_of_a_voter_uses_its_index(statement: tuple[str, Any], index: str) -> None:
    used = indexes(plan_of(*statement))
    assert any(re.match(f"{index}|.*{index}", name) for name in used), used


@pytest.mark.usefixtures("world")
def test_the_leaderboard_of_all_time_reads_its_rows_only() -> None:
    statement = BOARD.format(active=ACTIVE_EVER, materialized="NOT MATERIALIZED")
    plan = plan_of(statement, {"limit": 20, "near": 3, "user": User.objects.first().pk})
    assert {"voters_by_votes", "accounts_voter_user_id_key"} <= indexes(plan)
    limited = [node for node in plan if node["Node Type"] == "Limit"]
    assert len(limited) == 3
    assert not [node for node in limited if "Sort" in {inner["Node Type"] for inner in nodes(node)}]


@pytest.mark.usefixtures("world")
def test_a_page_of_somebodys_answers_is_read_in_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")  # of all their votes: there are few here
    plan = plan_of(*sql_of(answers_of(SOMEBODY, 20, 40)))
    (limited,) = (node for node in plan if node["Node Type"] == "Limit")
    assert [node.get("Index Name") for node in nodes(limited)] == [None, "votes_of_voter"]
    assert "voting_vote_pkey" in indexes(plan)


@pytest.mark.usefixtures("world")
def test_how_somebody_answers_on_gold_is_read_from_the_index_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    with CaptureQueriesContext(connection) as queries:
        gold_counts(SOMEBODY)
        skill_of(SOMEBODY.pk, level=2)
    plans = [plan_of(query["sql"]) for query in queries if "voting_vote" in query["sql"]]
    scans = [
        (node["Node Type"], node["Index Name"]) for plan in plans for node in plan if "Index Name" in node
    ]
    assert scans == [("Index Only Scan", "gold_votes_of_voter")] * 2
