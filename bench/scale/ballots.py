"""Leases for a load of votes, drawn as traffic is: active voters often, open sources of every progress."""

import json
import uuid
from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction

from claxson.voting.tokens import LeaseToken

# The voter of a vote drawn at random is a voter drawn by activity.
DRAW_VOTERS = """
SELECT voter_id FROM (
    SELECT 1 + floor(random() * (SELECT max(id) FROM voting_vote))::bigint AS id FROM generate_series(1, %s)
) drawn JOIN voting_vote USING (id)
"""
LEASE = f"""
WITH place AS (
    SELECT source_id, row_number() OVER () AS n FROM (
        SELECT source_id FROM voting_queueentry
        CROSS JOIN LATERAL generate_series(1, least(4, 20 - n_votes - n_leased))
        WHERE state = 'voting' AND n_votes > 0 ORDER BY lottery LIMIT %s
    ) drawn
), voter AS (SELECT voter_id, row_number() OVER () AS n FROM ({DRAW_VOTERS}) drawn), lease AS (
    INSERT INTO voting_lease (id, voter_id, source_id, question_version, mode, propensity, reserved,
        issued_at,
                              expires_at)
    SELECT gen_random_uuid(), voter_id, source_id, 1, 'active', 0.9, true, now(), now() + interval '6 hours'
    FROM place JOIN voter USING (n) WHERE NOT EXISTS (
        SELECT FROM voting_vote v WHERE v.voter_id = voter.voter_id AND v.source_id = place.source_id)
    ON CONFLICT DO NOTHING RETURNING id, voter_id, source_id
), held AS (
    UPDATE voting_queueentry q SET n_leased = q.n_leased + new.n
    FROM (SELECT source_id, count(*) AS n FROM lease GROUP BY source_id) new WHERE q.source_id = new.source_id
)
SELECT id, voter_id, source_id FROM lease
"""


def voters_by_activity(n: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(DRAW_VOTERS, [n])
        return [voter for (voter,) in cursor.fetchall()]


@transaction.atomic
def take_leases(n: int) -> list[tuple[UUID, UUID, int]]:
    """At most `n` new leases: id, voter, source; in random order."""
    with connection.cursor() as cursor:
        cursor.execute(LEASE, [n, 2 * n])
        return sorted(cursor.fetchall(), key=lambda row: row[0])


def bodies(n: int) -> Iterator[bytes]:
    """As many ballots, ready to be sent."""
    for lease, voter, source in take_leases(n):
        token = LeaseToken(lease, voter, source, 1).signed()
        ballot = {"lease": token, "key": str(uuid.uuid4()), "answer": "agn", "dwell_ms": 9000}
        yield json.dumps(ballot).encode()
