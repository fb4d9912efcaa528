"""Notices of what became of sources, made from their recorded steps; casting a vote knows nothing of them.

Each step is marked in the statement that tells of it, so that a run that is killed or repeated tells once.
"""

import datetime as dt

from django.db import connection, transaction
from django.db.models.functions import Now

from claxson.accounts.models import Voter
from claxson.voting.models import Notice

BATCH = 500
KEEP = dt.timedelta(days=90)

# A step from a state to itself is a proposal, and nobody's news. A source that is asked about again has no
# news any more. Whoever answered late, or before an answer counted, looked at it too.
TELL = """
WITH fresh AS MATERIALIZED (
    SELECT id FROM voting_consensusevent WHERE told_at IS NULL ORDER BY id LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE voting_consensusevent e SET told_at = statement_timestamp() FROM fresh WHERE e.id = fresh.id
    RETURNING e.id, e.source_id, e.before, e.after, e.answer
), news AS (
    SELECT DISTINCT ON (source_id) * FROM marked WHERE before <> after ORDER BY source_id, id DESC
), outdated AS (
    DELETE FROM voting_notice n USING news
    WHERE news.after = 'voting' AND n.source_id = news.source_id AND n.event_id < news.id
), answers AS (
    SELECT v.id AS vote_id, v.voter_id, v.source_id, v.answer, news.id AS event_id, news.answer AS said,
           min(v.id) FILTER (WHERE v.answer = news.answer AND NOT v.late AND v.set_aside_at IS NULL)
               OVER (PARTITION BY v.source_id) AS first_id
    FROM news JOIN voting_vote v USING (source_id)
    WHERE news.after <> 'voting' AND v.withdrawn_at IS NULL AND v.gold_class = ''
), told AS (
    INSERT INTO voting_notice AS n (voter_id, source_id, event_id, agreed, first, at)
    SELECT DISTINCT ON (a.source_id, a.voter_id) a.voter_id, a.source_id, a.event_id,
           CASE WHEN a.answer <> 'unsure' THEN a.answer = a.said END, coalesce(a.vote_id = a.first_id, false),
           statement_timestamp()
    FROM answers a JOIN accounts_voter w ON w.id = a.voter_id
    WHERE w.simulated_name = '' AND NOT w.erased
    ORDER BY a.source_id, a.voter_id, a.vote_id DESC
    ON CONFLICT (voter_id, source_id) DO UPDATE SET
        event_id = excluded.event_id, agreed = excluded.agreed, first = excluded.first, at = excluded.at,
        read_at = NULL
    WHERE n.event_id < excluded.event_id
)
SELECT count(*) FROM marked
"""


def tell_news() -> int:
    """Tell every voter of the steps nobody was told of yet; how many steps there were."""
    total = 0
    while told := _tell_batch():
        total += told
    return total


@transaction.atomic
def _tell_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"batch": BATCH})
        return int(cursor.fetchone()[0])


def mark_read(*, voter: Voter) -> int:
    """All that this voter has; how many were unread."""
    return Notice.objects.filter(voter=voter, read_at=None).update(read_at=Now())


def forget_old_notices() -> int:
    """Drop what is older than 90 days, read or not."""
    return Notice.objects.filter(at__lt=Now() - KEEP).delete()[0]
