"""Power cuts in the middle of voting: nothing that was acknowledged is lost, nothing is doubled."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bench.site import Site, Volunteer

N_VOLUNTEERS = 24
N_SOURCES = 15
CUTS = ("serve", "database", "worker", "database", "serve")

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

STORED = """
import json
from django.db.models import Count, F, Q
from claxson.voting.models import Consensus, Lease, QueueEntry, Vote, VoterRecord
wrong = QueueEntry.objects.annotate(rows=Count("source__votes", filter=Q(source__votes__counted=True)))
print(json.dumps({
    "keys": [str(key) for key in Vote.objects.values_list("key", flat=True)],
    "pairs": Vote.objects.values("voter", "source").distinct().count(),
    "wrong_counters": wrong.exclude(n_votes=F("rows")).count(),
    "closed": QueueEntry.objects.exclude(state="voting").count(),
    "consensus": Consensus.objects.count(),
    "leases": Lease.objects.count() + sum(QueueEntry.objects.values_list("n_leased", flat=True)),
    "by_voters": sum(VoterRecord.objects.values_list("n_votes", flat=True)),
    "most": max(QueueEntry.objects.values_list("n_votes", flat=True)),
}))
"""


@dataclass
class History:
    """What the volunteers sent, and what they were told."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)

    def vote_until_told(self, volunteer: Volunteer, lease: str) -> None:
        """The same ballot under the same key, again and again until an answer comes."""
        key = uuid.uuid4()
        self.sent.add(str(key))
        self.statuses.add(until_told(lambda: (volunteer.vote(lease, "agn", key), None))[0])
        self.acknowledged.add(str(key))


def until_told(ask: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """Ask until there is an answer that is no outage."""
    while True:
        try:
            status, answer = ask()
        except OSError:
            status, answer = 503, None
        if status < 500:
            return status, answer
        time.sleep(0.05)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def vote_on_all(history: History, volunteer: Volunteer) -> None:
    """Until nothing is left; a source that another is being handed at that moment is asked for again."""
    empty_handed = 0
    while empty_handed < 4:
        _, leases = until_told(lambda: volunteer.leases(3))
        for lease in leases:
            history.vote_until_told(volunteer, lease["lease"])
        empty_handed = 0 if leases else empty_handed + 1
        time.sleep(0.05 * empty_handed)
    volunteer.close()


def start_voting(history: History, volunteers: list[Volunteer]) -> list[threading.Thread]:
    threads = [threading.Thread(target=vote_on_all, args=(history, v), daemon=True) for v in volunteers]
    for thread in threads:
        thread.start()
    return threads


def power_cut(site: Site, victim: str) -> None:
    """Kill one process and start it again; the database comes back by itself, with the next connection."""
    time.sleep(0.7)
    if victim == "database":
        site.kill_database()
        site.wait_until_ready()
    else:
        site.kill(victim)
        site.start(victim)


def when_all_have_voted(site: Site, voting: list[threading.Thread]) -> str:
    for thread in voting:
        thread.join()
    return site.query(STORED)


def test_no_acknowledged_vote_is_lost_or_doubled_by_kill_9(site: Site) -> None:
    volunteers, _ = site.seed(N_VOLUNTEERS, N_SOURCES)
    site.start("serve")
    site.start("worker")
    history = History()
    voting = start_voting(history, volunteers)
    for victim in CUTS:
        power_cut(site, victim)
    stored = json.loads(when_all_have_voted(site, voting))
    assert history.statuses == {200}
    assert history.acknowledged == history.sent == set(stored["keys"])
    assert stored["pairs"] == len(stored["keys"]) == 20 * N_SOURCES
    assert (stored["wrong_counters"], stored["most"], stored["leases"]) == (0, 20, 0)
    assert stored["closed"] == stored["consensus"] == N_SOURCES
    assert stored["by_voters"] == len(stored["keys"])
