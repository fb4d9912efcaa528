"""Power cuts in the middle of voting: nothing that was acknowledged is lost, nothing is doubled."""

import json
import random
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bench.site import Site, Volunteer

N_VOLUNTEERS = 24
N_SOURCES = 15
CUTS = ("serve", "database", "worker", "database", "serve")

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

STORED = """
import json
from django.db.models import Count, F, Q
from claxson.voting.models import Consensus, QueueEntry, Vote
wrong = QueueEntry.objects.annotate(rows=Count("source__votes", filter=Q(source__votes__counted=True)))
print(json.dumps({
    "keys": [str(key) for key in Vote.objects.values_list("key", flat=True)],
    "pairs": Vote.objects.values("voter", "source").distinct().count(),
    "wrong_counters": wrong.exclude(n_votes=F("rows")).count(),
    "closed": QueueEntry.objects.filter(state="consensus").count(),
    "consensus": Consensus.objects.count(),
    "most": max(QueueEntry.objects.values_list("n_votes", flat=True)),
}))
"""


@dataclass
class History:
    """What the volunteers sent, and what they were told."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)

    def vote_until_told(self, volunteer: Volunteer, source: str) -> None:
        """The same ballot under the same key, again and again until an answer comes."""
        key = uuid.uuid4()
        self.sent.add(str(key))
        status = None
        while status is None or status >= 500:
            try:
                status = volunteer.vote(source, "agn", key)
            except OSError:
                time.sleep(0.05)
        self.statuses.add(status)
        self.acknowledged.add(str(key))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def vote_on_all(history: History, volunteer: Volunteer, sources: list[str]) -> None:
    for source in random.Random(volunteer.session).sample(sources, len(sources)):
        history.vote_until_told(volunteer, source)
    volunteer.close()


def start_voting(history: History, volunteers: list[Volunteer], sources: list[str]) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=vote_on_all, args=(history, v, sources), daemon=True) for v in volunteers
    ]
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


def test_no_acknowledged_vote_is_lost_or_doubled_by_kill_9(site: Site) -> None:
    volunteers, sources = site.seed(N_VOLUNTEERS, N_SOURCES)
    site.start("serve")
    site.start("worker")
    history = History()
    voting = start_voting(history, volunteers, sources)
    for victim in CUTS:
        power_cut(site, victim)
    for thread in voting:
        thread.join()
    stored = json.loads(site.query(STORED))
    assert history.statuses == {302}
    assert history.acknowledged == history.sent == set(stored["keys"])
    assert stored["pairs"] == len(stored["keys"]) == N_VOLUNTEERS * N_SOURCES
    assert (stored["wrong_counters"], stored["most"]) == (0, 20)
    assert stored["closed"] == stored["consensus"] == N_SOURCES
