"""Many volunteers on few sources while everything goes wrong: retries, doubled requests, two tabs,
leases that end, answers taken back, a clock that jumps, and kill -9 of every process."""

import json
import os
import random
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import clock
from bench.history import ASK, History, violations
from bench.site import Site, Volunteer
from claxson.core.embedded import Cluster

VICTIMS = ("serve", "database", "worker")
END_SOME_LEASES = """
UPDATE voting_lease SET expires_at = now() - interval '1 second'
WHERE id IN (SELECT id FROM voting_lease ORDER BY random() LIMIT 3)
"""
# So that there is something to vote on until the last process is killed, and never much: all want the same.
OPEN_MORE = """
WITH missing AS (
    SELECT greatest(%(wanted)s - count(*), 0) AS n FROM voting_queueentry WHERE state = 'voting'
), made AS (
    INSERT INTO catalogue_source (name, origin, ra_deg, dec_deg, features, history, simulated)
    SELECT 'MORE J' || left(gen_random_uuid()::text, 18), 'test', 1, 2, '{}', '[]', true
    FROM missing CROSS JOIN LATERAL generate_series(1, missing.n) RETURNING id
)
INSERT INTO voting_queueentry (source_id, state, n_votes, n_leased, log_odds, interest, boost, priority)
SELECT id, 'voting', 0, 0, '{}', 1, 0, 1 FROM made
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
    longest_look_s: float = 0.1
    seed: int = 1
    history: History = field(default_factory=History)

    over: bool = False

    def run(self) -> list[str]:
        """The promises that were broken."""
        volunteers, _ = self.site.seed(self.n_volunteers, self.n_sources)
        clock.install(self.site)
        self.site.start("serve")
        self.site.start("worker")
        luck = random.Random(self.seed)
        tabs = [Tab(self, v, luck.random()) for v in volunteers]
        seconds = [v for v in volunteers if luck.random() < self.two_tabs]
        tabs += [Tab(self, Volunteer(v.port, v.session), luck.random()) for v in seconds]
        threads = [threading.Thread(target=tab.vote_on_all, daemon=True) for tab in tabs]
        for thread in threads:
            thread.start()
        self.make_trouble(luck)
        for thread in threads:
            thread.join()
        return violations(self.history, json.loads(self.site.query(ASK)))

    def make_trouble(self, luck: random.Random) -> None:
        for victim in self.cuts:
            time.sleep(luck.uniform(0.2, 1.2))
            self.meddle("end leases", END_SOME_LEASES)
            self.meddle("open more", OPEN_MORE, wanted=self.n_sources)
            self.meddle("clock jump", clock.JUMP, by=luck.choice(clock.JUMPS))
            self.kill(victim)
        self.over = True

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

    def meddle(self, what: str, statement: str, **parameters: object) -> None:
        """In the database itself; where it is down at that moment, nothing was done."""
        try:
            with self.connect() as connection:
                connection.execute(statement, parameters)
            self.history.note("ok", what, **parameters)
        except psycopg.OperationalError:
            self.history.note("info", what)

    def connect(self) -> psycopg.Connection:
        address = Cluster(self.site.folder / "pg").connection_info().parameters()
        return psycopg.connect(**address)


@dataclass
class Tab:
    """One tab of one volunteer's browser."""

    turmoil: Turmoil
    volunteer: Volunteer
    seed: float

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)

    def vote_on_all(self) -> None:
        """Until the trouble is over and nothing is left, asked four times: others hold some at a moment."""
        empty_handed = 0
        while empty_handed < 4 or not self.turmoil.over:
            leases = self.until_told(lambda: self.volunteer.leases(3))[1]
            for lease in leases or []:
                self.vote(lease["lease"])
                time.sleep(self.luck.uniform(0, self.turmoil.longest_look_s))
            empty_handed = 0 if leases else empty_handed + 1
            time.sleep(min(0.05 * empty_handed, 1))
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
    started, load = time.monotonic(), os.getloadavg()[0]
    with Site() as site:
        turmoil = Turmoil(site, 100, 60, tuple(luck.choices(VICTIMS, k=30)), longest_look_s=1.0)
        broken = turmoil.run()
    log = Path(tempfile.gettempdir()) / "claxson-turmoil.jsonl"
    turmoil.history.save(log)
    return turmoil_table(turmoil.history, broken) + (
        f"\n| took; load before and after | {time.monotonic() - started:.0f} s; "
        f"{load:.1f}, {os.getloadavg()[0]:.1f} |\n| history | {log} |"
    )


def turmoil_table(history: History, broken: list[str]) -> str:
    done = {what: history.count("ok", what) for what in ("kill", "clock jump", "end leases", "undo")}
    killed = Counter(e["victim"] for e in history.events if (e["type"], e["what"]) == ("ok", "kill"))
    victims = ", ".join(f"{victim} {n}" for victim, n in sorted(killed.items()))
    told, doubt, sent = (history.keys(kind) for kind in ("ok", "info", "invoke"))
    return (
        f"| votes acknowledged; with no answer at first; refused | "
        f"{len(told)}; {len(doubt)}; {len(history.keys('fail') - told)} |\n"
        f"| sent again with the same key | {history.count('invoke', 'vote') - len(sent)} |\n"
        f"| kills | {done['kill']} ({victims}) |\n"
        f"| clock jumps; times leases were ended; answers taken back | "
        f"{done['clock jump']}; {done['end leases']}; {done['undo']} |\n"
        f"| promises broken | {len(broken)} {'; '.join(broken[:5])} |"
    )
