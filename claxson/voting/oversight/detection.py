"""Nightly detectors: what they find is a suspicion with its evidence; a person decides what follows."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.core.classes import DECISIVE
from claxson.voting.models import Suspicion
from claxson.voting.oversight import detectors
from claxson.voting.oversight.audit import record_act
from claxson.voting.oversight.detectors import Activity, Evidence, Rhythm
from claxson.voting.oversight.lockstep import pairs_in_lockstep

WINDOW = dt.timedelta(days=30)
MOST_VOTES = 1_000_000  # that are searched for pairs, the newest first

RECENT = "v.cast_at > statement_timestamp() - %(window)s AND v.withdrawn_at IS NULL"
FROM = """FROM voting_vote v JOIN voting_voterrecord r USING (voter_id)
JOIN accounts_voter person ON person.id = v.voter_id"""
# Simulated voters, those in quarantine, and the heirs of erased accounts are passed over.
REAL = "person.simulated_name = '' AND NOT person.erased AND r.quarantined_at IS NULL"
CROWD = (
    f"SELECT v.answer, count(*) FROM voting_vote v WHERE {RECENT} AND v.answer <> 'unsure' GROUP BY v.answer"
)
ACTIVITY = f"""
SELECT v.voter_id, {{answers}}, count(v.dwell_ms),
       coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY v.dwell_ms), 0),
       count(*) FILTER (WHERE v.gold_class <> '' AND v.answer <> 'unsure'),
       count(*) FILTER (WHERE v.gold_class <> '' AND v.answer = v.gold_class)
{FROM}
WHERE {RECENT} AND {REAL} GROUP BY v.voter_id
"""
# Shorter pauses are answers that a browser kept and sent together, longer ones are a person's other life.
PAUSES = f"""
SELECT voter_id, count(*), percentile_cont(ARRAY[.25, .5, .75]) WITHIN GROUP (ORDER BY pause) FROM (
    SELECT v.voter_id, extract(epoch FROM v.cast_at - lag(v.cast_at) OVER (
        PARTITION BY v.voter_id ORDER BY v.cast_at))::float8 AS pause
    {FROM} WHERE {RECENT} AND {REAL}
) paused WHERE pause BETWEEN 1 AND 600 GROUP BY voter_id
"""
NETWORKS = """
SELECT array_agg(voter_id ORDER BY voter_id) FROM voting_seennetwork
WHERE day > (statement_timestamp() - %(window)s)::date GROUP BY network HAVING count(*) >= %(least_voters)s
"""
VOTES = f"""
SELECT v.source_id, r.id, array_position(%(decisive)s::text[], v.answer::text) - 1, {REAL}
{FROM}
WHERE {RECENT} AND v.answer <> 'unsure' AND v.gold_class = '' ORDER BY v.cast_at DESC LIMIT %(most)s
"""
# What a person looked into lately and let be is not raised again at once.
RAISE = """
INSERT INTO voting_suspicion (voter_id, detector, evidence, raised_at)
SELECT %(voter)s, %(detector)s, %(evidence)s::jsonb, statement_timestamp()
WHERE NOT EXISTS (
    SELECT FROM voting_suspicion WHERE voter_id = %(voter)s AND detector = %(detector)s
    AND settled_at > statement_timestamp() - %(window)s
)
ON CONFLICT (voter_id, detector) WHERE settled_at IS NULL DO UPDATE SET evidence = EXCLUDED.evidence
RETURNING xmax = 0
"""


def detect() -> int:
    """Run every detector over the last 30 days; how many suspicions are new."""
    activities = _activities()
    single = list(_of_single_voters(activities))
    suspected = {voter for voter, *_ in single}
    others = {voter: activity for voter, activity in activities.items() if voter not in suspected}
    found = [*single, *_of_rhythms(), *_of_networks(others), *_of_pairs()]
    return sum(_raise(voter, detector, evidence) for voter, detector, evidence in found)


@transaction.atomic
def dismiss(*, suspicion: Suspicion, reason: str, actor: User | None = None) -> bool:
    """Somebody looked, and it is nothing; False where it was settled before."""
    settled = Suspicion.objects.filter(pk=suspicion.pk, settled_at=None).update(settled_at=Now())
    if settled:
        record_act("dismiss", suspicion.voter_id, reason=reason, actor=actor, detector=suspicion.detector)
    return bool(settled)


def _activities() -> dict[UUID, Activity]:
    counts = ", ".join(f"count(*) FILTER (WHERE v.answer = '{answer}')" for answer in DECISIVE)
    n = len(DECISIVE)
    return {
        voter: Activity(dict(zip(DECISIVE, row[:n], strict=True)), *row[n:])
        for voter, *row in _rows(ACTIVITY.format(answers=counts))
    }


def _of_single_voters(activities: dict[UUID, Activity]) -> Iterator[tuple[UUID, str, Evidence]]:
    crowd = dict.fromkeys(DECISIVE, 0) | dict(_rows(CROWD))
    for voter, activity in activities.items():
        yield from ((voter, name, evidence) for name, evidence in detectors.judged(activity, crowd))


def _of_rhythms() -> Iterator[tuple[UUID, str, Evidence]]:
    for voter, n, quartiles in _rows(PAUSES):
        evidence = detectors.regular(Rhythm(n, tuple(quartiles)))
        if evidence is not None:
            yield voter, "regular rhythm", evidence


def _of_networks(activities: dict[UUID, Activity]) -> Iterator[tuple[UUID, str, Evidence]]:
    """One suspicion a voter, naming the others; never the network, which is forgotten sooner."""
    for (voters,) in _rows(NETWORKS):
        members = [voter for voter in voters if voter in activities]
        evidence = detectors.one_network([activities[voter] for voter in members])
        if evidence is not None:
            told = evidence | {"with": [str(voter) for voter in members]}
            yield from ((voter, "one network", told) for voter in members)


def _of_pairs() -> Iterator[tuple[UUID, str, Evidence]]:
    """One suspicion a voter, naming all it walks in step with."""
    votes = np.array(_rows(VOTES), dtype=np.int64).reshape(-1, 4)
    source, voter, label, real = votes.T
    pairs = pairs_in_lockstep(source, voter, label, np.unique(voter[real == 1]))
    keys = _keys_of([number for pair in pairs for number in (pair.one, pair.other)])
    partners: dict[UUID, list[Evidence]] = defaultdict(list)
    for pair in pairs:
        told = {"shared": pair.shared, "agreed": pair.agreed, "expected": pair.expected}
        told |= {"rare": pair.rare, "rare_agreed": pair.rare_agreed}
        partners[keys[pair.one]].append({"with": str(keys[pair.other]), **told})
        partners[keys[pair.other]].append({"with": str(keys[pair.one]), **told})
    yield from ((voter, "lockstep", {"pairs": pairs}) for voter, pairs in partners.items())


def _keys_of(numbers: list[int]) -> dict[int, UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, voter_id FROM voting_voterrecord WHERE id = ANY(%s)", [numbers])
        return dict(cursor.fetchall())


def _rows(statement: str) -> list[tuple[Any, ...]]:
    settings: dict[str, Any] = {"window": WINDOW, "most": MOST_VOTES, "decisive": list(DECISIVE)}
    settings["least_voters"] = detectors.LEAST_VOTERS
    with connection.cursor() as cursor:
        cursor.execute(statement, settings)
        return list(cursor.fetchall())


def _raise(voter: UUID, detector: str, evidence: Evidence) -> int:
    told: dict[str, Any] = {
        "voter": voter,
        "detector": detector,
        "evidence": json.dumps(evidence),
        "window": WINDOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(RAISE, told)
        row = cursor.fetchone()
    return int(row is not None and row[0])
