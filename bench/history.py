"""What volunteers did and were told, line by line, and what must then be true of the database."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ASK = "from bench.history import stored; print(stored())"


def stored() -> str:
    """What the database holds, as JSON; called inside the site."""
    from django.db.models import Count, F, Q, Sum  # noqa: PLC0415

    from claxson.voting import models as m  # noqa: PLC0415

    counted = Count("source__votes", filter=Q(source__votes__counted=True))
    steps = m.ConsensusEvent.objects.values("source").annotate(n=Count("pk"))
    entries = m.QueueEntry.objects.annotate(rows=counted)
    found = {
        "votes": m.Vote.objects.annotate(stands=Q(withdrawn_at=None)).values_list(
            "key", "voter", "source", "stands"
        ),
        "entries": entries.values_list("pk", "state", "n_votes", "n_leased", "rows"),
        "leases": m.Lease.objects.filter(reserved=True).values_list("source", flat=True),
        "records": m.VoterRecord.objects.values_list("voter", "n_votes"),
        "days": m.ActiveDay.objects.values_list("voter").annotate(Sum("n_votes")),
        "consensus": m.Consensus.objects.values_list("pk", flat=True),
        "erased": m.Vote.objects.filter(voter__erased=True).values_list("voter", flat=True).distinct(),
        "judged": m.ConsensusEvent.objects.exclude(actor=None).values_list("source", flat=True),
    }
    closed = steps.filter(before="voting").exclude(after=F("before")).values_list("source", "n")
    opened = steps.filter(after="voting").values_list("source", "n")
    lists: dict[str, Any] = {name: list(rows) for name, rows in found.items()}
    return json.dumps(lists | {"closed": dict(closed), "opened": dict(opened)}, default=str)


@dataclass
class History:
    """Events as they happen, from many threads: `invoke`, then `ok`, `fail` (nothing was done) or `info`
    (nobody knows)."""

    events: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, what: str, **facts: Any) -> None:
        event = {"type": kind, "what": what, "wall": time.time(), "monotonic": time.monotonic(), **facts}
        with self.lock:
            self.events.append(event)

    def keys(self, kind: str) -> set[str]:
        return {event["key"] for event in self.events if (event["type"], event["what"]) == (kind, "vote")}

    def count(self, kind: str, what: str) -> int:
        return sum((event["type"], event["what"]) == (kind, what) for event in self.events)

    def save(self, path: Path) -> None:
        path.write_text("".join(json.dumps(event) + "\n" for event in self.events))


def violations(history: History, stored: dict[str, Any]) -> list[str]:
    """Every promise that does not hold; an empty list when all do."""
    return [*_of_votes(history, stored), *_of_entries(stored), *_of_voters(stored)]


def _of_votes(history: History, stored: dict[str, Any]) -> Iterator[str]:
    keys = Counter(key for key, *_ in stored["votes"])
    told, sent = history.keys("ok"), history.keys("invoke")
    refused = history.keys("fail") - told
    yield from (f"lost: {key}" for key in told - keys.keys())
    yield from (f"never sent: {key}" for key in keys.keys() - sent)
    yield from (f"refused, yet stored: {key}" for key in refused & keys.keys() - history.keys("info"))
    standing = Counter((voter, source) for _, voter, source, stands in stored["votes"] if stands)
    yield from (f"{n} standing votes of {pair}" for pair, n in standing.items() if n > 1)
    answers: dict[str, set[int]] = {}
    for event in history.events:
        if (event["type"], event["what"]) == ("ok", "vote"):
            answers.setdefault(event["key"], set()).add(event["vote"])
    yield from (f"one ballot, several votes: {key}" for key, votes in answers.items() if len(votes) > 1)


def _of_entries(stored: dict[str, Any]) -> Iterator[str]:
    leased = Counter(stored["leases"])
    for source, state, n_votes, n_leased, rows in stored["entries"]:
        closings = stored["closed"].get(str(source), 0) - stored["opened"].get(str(source), 0)
        is_closed = state != "voting"
        if n_votes != rows or rows > 20:
            yield f"source {source}: counter {n_votes}, counted votes {rows}"
        if n_leased != leased[source]:
            yield f"source {source}: counter {n_leased}, leases {leased[source]}"
        is_enough = is_closed if is_closed and source in stored["judged"] else rows == 20  # people decided it
        if (closings, source in stored["consensus"], is_enough) != (int(is_closed), is_closed, is_closed):
            yield f"source {source}: {state} at {rows} votes, closed {closings} times"


def _of_voters(stored: dict[str, Any]) -> Iterator[str]:
    standing = Counter(voter for _, voter, _, stands in stored["votes"] if stands)
    somebodys = {voter: n for voter, n in standing.items() if voter not in stored["erased"]}
    for counter, rows in (("records", standing), ("days", somebodys)):  # of the erased no days are kept
        found = {voter: n for voter, n in stored[counter] if n}
        if found != rows:
            yield f"{counter} say {found}, votes {dict(rows)}"
