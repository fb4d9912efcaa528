"""Every counter beside the rows it counts: one statement a table, each on one snapshot of a live site.

Days are compared by their sum: a voter who moves to another time zone keeps the days they had.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Difference:
    """A counter that is not what the rows say; `subject`: a source's number, or a voter's key."""

    counter: str
    subject: str
    says: str
    rows: str

    def __str__(self) -> str:
        return f"{self.counter} of {self.subject} says {self.says}, the rows say {self.rows}"


# What the rows say of a voter.
STANDING = """
SELECT voter_id, count(*) AS n_votes,
       count(*) FILTER (WHERE gold_class <> '' AND answer <> 'unsure') AS n_gold,
       count(*) FILTER (WHERE gold_class <> '' AND answer = gold_class) AS n_right
FROM voting_vote WHERE withdrawn_at IS NULL
"""
SOURCES = """
SELECT coalesce(q.source_id, v.source_id), coalesce(q.n_votes, 0), coalesce(v.n, 0),
       coalesce(q.n_leased, 0), coalesce(l.n, 0),
       CASE WHEN q.state = 'voting' THEN 'open' ELSE 'closed' END,
       CASE WHEN c.source_id IS NULL THEN 'open' ELSE 'closed' END
FROM voting_queueentry q
FULL JOIN (SELECT source_id, count(*) AS n FROM voting_vote WHERE counted GROUP BY source_id) v
    USING (source_id)
LEFT JOIN (SELECT source_id, count(*) AS n FROM voting_lease WHERE reserved GROUP BY source_id) l
    ON l.source_id = q.source_id
LEFT JOIN voting_consensus c ON c.source_id = q.source_id
WHERE q.n_votes IS DISTINCT FROM coalesce(v.n, 0) OR q.n_leased IS DISTINCT FROM coalesce(l.n, 0)
   OR (q.state = 'voting') IS DISTINCT FROM (c.source_id IS NULL)
ORDER BY 1
"""
VOTERS = f"""
SELECT coalesce(r.voter_id, v.voter_id), coalesce(r.n_votes, 0), coalesce(v.n_votes, 0),
       coalesce(r.n_gold, 0), coalesce(v.n_gold, 0), coalesce(r.n_right, 0), coalesce(v.n_right, 0),
       coalesce(d.n, 0), coalesce(v.n_votes, 0) * (NOT person.erased)::int
FROM voting_voterrecord r
FULL JOIN ({STANDING} GROUP BY voter_id) v USING (voter_id)
LEFT JOIN (SELECT voter_id, sum(n_votes) AS n FROM voting_activeday GROUP BY voter_id) d USING (voter_id)
JOIN accounts_voter person ON person.id = voter_id
WHERE (coalesce(r.n_votes, 0), coalesce(r.n_gold, 0), coalesce(r.n_right, 0), coalesce(d.n, 0)) <>
      (coalesce(v.n_votes, 0), coalesce(v.n_gold, 0), coalesce(v.n_right, 0),
       coalesce(v.n_votes, 0) * (NOT person.erased)::int)
ORDER BY 1
"""
IN_QUARANTINE = """
SELECT voter_id, count(*), 0 FROM voting_vote v JOIN voting_voterrecord r USING (voter_id)
WHERE v.counted AND r.quarantined_at IS NOT NULL GROUP BY voter_id ORDER BY 1
"""
OLDER_QUESTION = """
SELECT v.source_id, count(*), 0 FROM voting_vote v JOIN voting_queueentry q USING (source_id)
WHERE v.counted AND q.state = 'voting' AND v.question_version < (
    SELECT counts_since FROM voting_questionversion ORDER BY version DESC LIMIT 1
) GROUP BY v.source_id ORDER BY 1
"""
# What each statement compares: pairs of columns after the subject.
CHECKS = (
    (SOURCES, ("source.n_votes", "source.n_leased", "source.state")),
    (VOTERS, ("voter.n_votes", "voter.n_gold", "voter.n_right", "voter.active_days")),
    (IN_QUARANTINE, ("voter.counted_in_quarantine",)),
    (OLDER_QUESTION, ("source.counted_of_an_older_question",)),
)


def compare() -> list[Difference]:
    """Every counter that is wrong, each also logged as an error; empty where all is well."""
    differences = [found for statement, names in CHECKS for found in _differences(statement, names)]
    for found in differences:
        logger.error("%s", found, extra={"difference": found})
    return differences


def _differences(statement: str, names: tuple[str, ...]) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    for subject, *values in rows:
        for name, says, counted in zip(names, values[::2], values[1::2], strict=True):
            if says != counted:
                yield Difference(name, str(subject), str(says), str(counted))
