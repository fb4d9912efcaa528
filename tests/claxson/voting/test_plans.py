"""The hot statements find what they need by an index: never by a scan of votes."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from bench.scale.world import SMALL, generate
from claxson.community.selectors import leaderboard
from claxson.voting.models import Vote, VoterRecord
from claxson.voting.services import leasing
from claxson.voting.services.casting import CAST
from claxson.voting.services.desk import DESK

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
GOLD = {"hidden": False, "gold_class": "agn", "lasts": "30 min"}


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
    ballot = dict.fromkeys(("nothing_seen", "counts", "on_gold", "right"), False) | {
        "key": uuid.UUID(int=3),
        "answer": "agn",
        "comment": "",
        "dwell_ms": 1,
        "level": 1,
        "gold_class": "",
        "row_version": "7",
        "priority": 0.5,
        "log_odds": [0.1] * 5,
    }
    used = indexes(plan_of(CAST, ORDER | ballot))
    assert "voting_queueentry_pkey" in used
    assert any("lease" in index for index in used)  # of a voter's few leases any index finds the one
    assert "voting_voterrecord_voter_id_key" in indexes(plan_of(DESK, WHO))


@pytest.mark.usefixtures("world")
def test_the_counted_votes_of_a_source_are_found_by_it() -> None:
    sql, parameters = Vote.objects.filter(source_id=7, counted=True).values("answer").query.sql_with_params()
    assert any("source_id" in index for index in indexes(plan_of(sql, parameters)))


@pytest.mark.usefixtures("world")
def test_the_leaderboard_reads_its_first_rows_only(django_assert_max_num_queries: Any) -> None:
    query = VoterRecord.objects.filter(n_votes__gt=0).order_by("-n_votes", "id")[:20].query
    assert "voters_by_votes" in indexes(plan_of(*query.sql_with_params()))
    with django_assert_max_num_queries(5):
        assert len(leaderboard(50)) == 50
