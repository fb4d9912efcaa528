"""Many volunteers on few sources while everything goes wrong: retries, doubled requests, two tabs,
leases that end, answers taken back, and kill -9 of every process."""

import json
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.history import ASK, History, violations
from bench.site import Site, Volunteer
from claxson.core.embedded import Cluster

VICTIMS = ("serve", "database", "worker")
END_SOME_LEASES = """
UPDATE voting_lease SET expires_at = now() - interval '1 second'
WHERE id IN (SELECT id FROM voting_lease ORDER BY random() LIMIT 3)
"""


@dataclass
class Turmoil:
    """How many of what; `two_tabs` and the others are chances."""

    site: Site
    n_volunteers: int = 24
    n_sources: int = 15
    cuts: tuple[str, ...] = ("serve", "database", "worker", "database", "serve")
    two_tabs: float = 0.3
    doubled: float = 0.2
    taken_back: float = 0.1
    seed: int = 1
    history: History = field(default_factory=History)

    def run(self) -> list[str]:
        """The promises that were broken."""
        volunteers, _ = self.site.seed(self.n_volunteers, self.n_sources)
        self.site.start("serve")
        self.site.start("worker")
        luck = random.Random(self.seed)
        tabs = [Tab(self, v, luck.random()) for v in volunteers]
        tabs += [
            Tab(self, Volunteer(v.port, v.session), luck.random())
            for v in volunteers
            if luck.random() < self.two_tabs
        ]
        threads = [threading.Thread(target=tab.vote_on_all, daemon=True) for tab in tabs]
        for thread in threads:
            thread.start()
        for victim in self.cuts:
            time.sleep(luck.uniform(0.2, 1.2))
            self.end_some_leases()
            self.kill(victim)
        for thread in threads:
            thread.join()
        return violations(self.history, json.loads(self.site.query(ASK)))

    def kill(self, victim: str) -> None:
        """Kill one process and start it again; the database comes back with the next connection."""
        self.history.note("invoke", "kill", victim=victim)
        if victim == "database":
            self.site.kill_database()
            self.site.wait_until_ready()
        else:
            self.site.kill(victim)
            self.site.start(victim)
        self.history.note("ok", "kill", victim=victim)

    def end_some_leases(self) -> None:
        """As if their half hour were over."""
        try:
            address = Cluster(self.site.folder / "pg").connection_info().parameters()
            with psycopg.connect(**address) as connection:
                connection.execute(END_SOME_LEASES)
            self.history.note("ok", "end leases")
        except psycopg.OperationalError:
            self.history.note("info", "end leases")


@dataclass
class Tab:
    """One tab of one volunteer's browser."""

    turmoil: Turmoil
    volunteer: Volunteer
    seed: float

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)

    def vote_on_all(self) -> None:
        """Until nothing is left; a source that another is being handed at that moment is asked for again."""
        empty_handed = 0
        while empty_handed < 4:
            leases = self.until_told(lambda: self.volunteer.leases(3))[1]
            for lease in leases or []:
                self.vote(lease["lease"])
            empty_handed = 0 if leases else empty_handed + 1
            time.sleep(0.05 * empty_handed)
        self.volunteer.close()

    def vote(self, lease: str) -> None:
        """The same ballot under the same key until an answer comes, and sometimes once more."""
        key = str(uuid.uuid4())
        for _ in range(1 + (self.luck.random() < self.turmoil.doubled)):
            self.until_told(lambda: self.send(lease, key))
        if self.luck.random() < self.turmoil.taken_back:
            self.take_back()

    def send(self, lease: str, key: str) -> tuple[int, object]:
        note = self.turmoil.history.note
        note("invoke", "vote", key=key)
        ballot: dict[str, object] = {"lease": lease, "answer": "agn", "key": key}
        try:
            status, answer = self.volunteer.post("/api/v1/votes/", ballot)
        except OSError:
            note("info", "vote", key=key)
            raise
        kind = {200: "ok", 409: "fail"}.get(status, "info")
        note(kind, "vote", key=key, status=status, vote=answer.get("vote"))
        return status, answer

    def take_back(self) -> None:
        """Once only: sent again, it would take back the vote before."""
        self.turmoil.history.note("invoke", "undo")
        try:
            status = self.volunteer.post("/api/v1/votes/undo/", {})[0]
        except OSError:
            status = 503
        self.turmoil.history.note({200: "ok", 409: "fail"}.get(status, "info"), "undo", status=status)

    def until_told(self, ask: Callable[[], tuple[int, object]]) -> tuple[int, object]:
        """Ask until there is an answer that is no outage."""
        while True:
            try:
                status, answer = ask()
            except OSError:
                status, answer = 503, None
            if status < 500:
                return status, answer
            time.sleep(0.05)


def report() -> str:
    """A hundred volunteers, thirty cuts."""
    luck = random.Random(2)
    with Site() as site:
        turmoil = Turmoil(site, 100, 60, tuple(luck.choices(VICTIMS, k=30)))
        broken = turmoil.run()
    log = Path(tempfile.gettempdir()) / "claxson-turmoil.jsonl"
    turmoil.history.save(log)
    history = turmoil.history
    return (
        f"| acknowledged; in doubt at first | {len(history.keys('ok'))}, {len(history.keys('info'))} |\n"
        f"| kills; answers taken back | {history.count('ok', 'kill')}; {history.count('ok', 'undo')} |\n"
        f"| promises broken (history: {log}) | {len(broken)} {'; '.join(broken[:5])} |"
    )
