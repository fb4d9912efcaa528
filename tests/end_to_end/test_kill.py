"""Power cuts in the middle of voting: nothing that was acknowledged is lost, nothing is doubled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.history import History, violations
from bench.site import Site
from bench.turmoil import Turmoil

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

# How far apart the site believes its votes to be: the clock's jumps reached it.
HOURS = """
from django.db.models import Max, Min
from claxson.voting.models import Vote
first, last = Vote.objects.aggregate(Min("cast_at"), Max("cast_at")).values()
print((last - first).total_seconds() / 3600)
"""
ENTRY = [7, "voting", 1, 0, 1]
STORED = {
    "votes": [["k", "v", 7, True]],
    "entries": [ENTRY],
    "leases": [],
    "records": [["v", 1]],
    "days": [["v", 1]],
    "consensus": [],
    "closed": {},
    "opened": {},
    "erased": [],
    "judged": [],
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def test_no_acknowledged_vote_is_lost_or_doubled_by_kill_9(site: Site, tmp_path: Path) -> None:
    turmoil = Turmoil(site)
    assert turmoil.run() == []
    turmoil.history.save(tmp_path / "history.jsonl")
    told = turmoil.history.keys("ok")
    assert len(told) >= 20 * turmoil.n_sources
    assert turmoil.history.count("ok", "vote") > len(told)  # some were sent again
    assert turmoil.history.count("ok", "kill") == len(turmoil.cuts)
    assert all(turmoil.history.count("ok", what) for what in ("undo", "end leases", "clock jump"))
    assert float(site.query(HOURS)) > 0.5


def test_the_checker_finds_nothing_where_nothing_is_wrong() -> None:
    assert violations(told("k"), STORED) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"votes": []},
        {"votes": [["k", "v", 7, True], ["k2", "v", 7, True]]},
        {"entries": [[7, "voting", 2, 0, 1]]},
        {"entries": [[7, "voting", 1, 1, 1]]},
        {"entries": [[7, "voting", 21, 0, 21]]},
        {"records": [["v", 2]]},
        {"days": []},
        {"consensus": [7]},
        {"closed": {"7": 1}},
    ],
)
def test_the_checker_sees_every_broken_promise(wrong: dict[str, object]) -> None:
    assert violations(told("k"), STORED | wrong)


def told(key: str) -> History:
    history = History()
    history.note("invoke", "vote", key=key)
    history.note("ok", "vote", key=key, vote=1)
    return history
