"""A world of votes made inside the database by set-based statements; everything in it is simulated.

Most sources are closed with 20 counted votes, some are half voted, some untouched, some are gold. How much a
volunteer votes is log-normal, as platforms report it. Counters are computed from the rows, never guessed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from claxson.core.classes import DECISIVE
from claxson.voting.models import CONSENSUS_VOTES
from claxson.voting.rules.assignment import PROGRESS_WEIGHT
from claxson.voting.rules.evidence import ACCURACY

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How large a world: the default is what the site is designed for (13 million votes)."""

    sources: int = 657_000
    gold: int = 20_000
    closed: int = 480_000
    half_voted: int = 40_000
    voters: int = 20_000
    gold_votes: int = 1_900_000
    # The most active volunteer of the original had 21,561 classifications.
    most_votes: int = 22_000
    # Each source is offered to one voter of each stratum: nobody twice, whatever their activity.
    strata: int = 28
    slots: int = 1_500_000
    seed: float = 0.42


SMALL = Size(900, 60, 500, 100, 120, 1_500, most_votes=500, slots=20_000)

SOURCES = """
INSERT INTO catalogue_source (name, origin, ra_deg, dec_deg, features, history, simulated)
SELECT 'SCALE J' || lpad(i::text, 7, '0'), 'scale', random() * 360, degrees(asin(2 * random() - 1)),
    '{{}}', '[]', true
FROM generate_series(1, {sources}) i;

CREATE TEMP TABLE w_source AS
SELECT id, n, CASE WHEN n <= {gold} THEN 'gold' WHEN n <= {gold} + {closed} THEN 'closed'
                   WHEN n <= {gold} + {closed} + {half_voted} THEN 'half' ELSE 'untouched' END AS kind,
       CASE WHEN u < .5 THEN 'agn' WHEN u < .8 THEN 'star' WHEN u < .92 THEN 'xrb' ELSE 'cv' END AS truth
FROM (  -- lot and u are drawn before the rows are numbered: in one place they would be the same number
    SELECT id, row_number() OVER (ORDER BY lot) AS n, u FROM (
        SELECT id, random() AS lot, random() AS u FROM catalogue_source WHERE origin = 'scale' OFFSET 0
    ) drawn
) numbered;

INSERT INTO voting_goldsource (source_id, gold_class, hidden, lottery)
SELECT id, truth, random() < .25, random() FROM w_source WHERE kind = 'gold';
"""
VOTERS = """
INSERT INTO accounts_user (password, is_superuser, username, first_name, last_name, email, is_staff,
    is_active,
                           date_joined, role)
SELECT '!', false, 'scale' || lpad(i::text, 6, '0'), '', '', '', false, true, now(), 'volunteer'
FROM generate_series(1, {voters}) i;

INSERT INTO accounts_voter (id, user_id, simulated_name, created_at, erased)
SELECT gen_random_uuid(), id, '', now(), false FROM accounts_user WHERE username LIKE 'scale%';

-- The more active are trained, the less active by chance; one in twelve answers at random.
CREATE TEMP TABLE w_voter AS
SELECT id, row_number() OVER (ORDER BY activity DESC) AS n, activity,
       activity > 1 OR random() < .4 AS trained,
       CASE WHEN random() < .08 THEN .25 ELSE .6 + .35 * random() END AS accuracy,
       floor(random() * 600)::int AS first_day, 1 + floor(3 * sqrt(activity))::int AS days
FROM (SELECT v.id, exp(random_normal(0, 1.7)) AS activity
      FROM accounts_voter v JOIN accounts_user u ON u.id = v.user_id WHERE u.username LIKE 'scale%') drawn;

-- An urn for each stratum in which active voters lie more often.
CREATE TEMP TABLE w_urn AS
WITH slotted AS (
    SELECT id AS voter, n, trained, accuracy, first_day, days, least({slots} * {most_votes}::float8 / {votes},
               greatest(1, round({slots} * activity / sum(activity) OVER ()))) AS slots
    FROM w_voter
)
SELECT *, row_number() OVER (PARTITION BY stratum) - 1 AS slot
FROM (SELECT s.*,
    CASE WHEN (n / {strata}) % 2 = 0 THEN n % {strata} ELSE {strata} - 1 - n % {strata} END AS stratum
      FROM slotted s CROSS JOIN generate_series(1, s.slots::int)) laid;
CREATE TEMP TABLE w_stratum AS SELECT stratum, count(*) AS size FROM w_urn GROUP BY stratum;
ANALYZE w_source; ANALYZE w_urn; ANALYZE w_stratum;
"""
# Offers beyond the last vote that a source needs were never made.
VOTES = """
WITH offer AS (
    SELECT s.id AS source, s.truth, k, t.stratum, floor(random() * t.size)::bigint AS slot,
           CASE s.kind WHEN 'closed' THEN {needed} ELSE s.n % ({needed} - 1) + 1 END AS wanted,
           random() AS u, random() AS v
    FROM w_source s CROSS JOIN generate_series(0, {strata} - 1) k
    JOIN w_stratum t ON t.stratum = (s.n + k) % {strata} WHERE s.kind IN ('closed', 'half')
), answered AS (
    SELECT offer.*, voter, trained, first_day, days, CASE
        WHEN u < .08 THEN 'unsure' WHEN v < accuracy THEN truth
        ELSE {slip} END AS answer
    FROM offer JOIN w_urn USING (stratum, slot)
), ranked AS (
    SELECT *, trained AND answer <> 'unsure' AS counts,
           count(*) FILTER (WHERE trained AND answer <> 'unsure')
               OVER (PARTITION BY source ORDER BY k ROWS UNBOUNDED PRECEDING) AS so_far
    FROM answered
)
INSERT INTO voting_vote (key, voter_id, source_id, question_version, answer, nothing_seen, comment,
    counted, late,
    gold_class, level, mode, propensity, dwell_ms, cast_at, withdrawn_why)
SELECT gen_random_uuid(), voter, source, 1, answer, false, '', counts, false, '', 1 + trained::int,
    'active', .9,
       3000 + 20000 * random(),
           timestamptz '2024-01-01' + interval '1 day' * (first_day + random() * days), ''
FROM ranked WHERE so_far - counts::int < wanted;
"""
GOLD_VOTES = """
INSERT INTO voting_vote (key, voter_id, source_id, question_version, answer, nothing_seen, comment,
    counted, late,
    gold_class, level, mode, dwell_ms, cast_at, withdrawn_why)
SELECT gen_random_uuid(), v.id, g.id, 1, CASE WHEN random() < accuracy THEN truth ELSE {slip} END,
    false, '', false, false, truth, 1 + trained::int, 'training', 3000 + 20000 * random(),
       timestamptz '2024-01-01' + interval '1 day' * (first_day + random() * days), ''
FROM (SELECT *, least({gold}, round({gold_votes} * activity / sum(activity) OVER ()))::int AS met,
             floor(random() * {gold})::int AS start FROM w_voter) v
CROSS JOIN generate_series(0, v.met - 1) j
JOIN w_source g ON g.n = (v.start + j) % {gold} + 1;
"""
COUNTERS = """
INSERT INTO voting_voterrecord (voter_id, n_votes, n_gold, n_right, trained_at, time_zone, tokens)
SELECT w.id, count(v.id), count(v.id) FILTER (WHERE gold_class <> ''),
       count(v.id) FILTER (WHERE gold_class = answer), CASE WHEN trained THEN now() END, 'UTC', 0
FROM w_voter w LEFT JOIN voting_vote v ON v.voter_id = w.id GROUP BY w.id, w.trained;

INSERT INTO voting_activeday (voter_id, day, n_votes)
SELECT voter_id, (cast_at AT TIME ZONE 'UTC')::date, count(*) FROM voting_vote GROUP BY 1, 2;

CREATE TEMP TABLE w_tally AS
SELECT source_id, count(*) AS n, {answer_counts} FROM voting_vote WHERE counted GROUP BY source_id;

INSERT INTO voting_queueentry (source_id, state, n_votes, n_leased, log_odds, interest, boost, priority,
    lottery)
SELECT s.id, CASE WHEN t.n = {needed} THEN 'consensus' ELSE 'voting' END, coalesce(t.n, 0), 0,
       CASE WHEN t.n IS NULL THEN ARRAY[]::float8[] ELSE ARRAY[{log_odds}] END,
       drawn.interest, 0, drawn.interest + {progress_weight} * coalesce(t.n, 0) / {needed}, random()
FROM w_source s LEFT JOIN w_tally t ON t.source_id = s.id
CROSS JOIN LATERAL (SELECT random() + 0 * s.n AS interest) drawn
WHERE s.kind <> 'gold';

INSERT INTO voting_consensus (source_id, answer, shares, agreement, posterior, difficulty, method, verdict,
    reached_at)
SELECT source_id, CASE greatest({counts}) {winner} END, jsonb_strip_nulls(jsonb_build_object({shares})),
       greatest({counts}) / {needed}.0, jsonb_build_object({flat}), 1, 'generated', '', now()
FROM w_tally WHERE n = {needed};
"""
# What somebody says who is wrong, on gold as elsewhere: what gold teaches of them must hold for their votes.
SLIP = "(ARRAY['agn', 'agn', 'star', 'xrb', 'cv', 'other'])[1 + floor(6 * random())::int]"
STEPS = {
    "sources": SOURCES,
    "voters": VOTERS,
    "votes": VOTES,
    "votes on gold": GOLD_VOTES,
    "counters and consensus": COUNTERS,
}
FILLED = (
    "catalogue_source",
    "voting_goldsource",
    "accounts_voter",
    "voting_vote",
    "voting_voterrecord",
    "voting_activeday",
    "voting_queueentry",
    "voting_consensus",
)
INDEXES = """
SELECT i.indexrelid::regclass::text, c.conname, coalesce(pg_get_constraintdef(c.oid),
    pg_get_indexdef(i.indexrelid))
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
WHERE i.indrelid = 'voting_vote'::regclass AND NOT i.indisprimary
"""


def generate(size: Size, say: Say = print) -> None:
    """Fill an empty database; needs a superuser, for foreign keys are not checked row by row."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET work_mem = '512MB'; SET jit = off;")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SELECT setseed(%s)", [size.seed])
        with without_indexes(cursor, say):
            for step, sql in STEPS.items():
                say(step)
                cursor.execute(sql.format(**placeholders(size)))
        for table in FILLED:
            cursor.execute(f"ANALYZE {table}")
        cursor.execute(
            "RESET session_replication_role; RESET work_mem; RESET jit; RESET maintenance_work_mem"
        )


@contextmanager
def without_indexes(cursor: Any, say: Say) -> Iterator[None]:
    """Indexes of the votes are built once at the end, in a tenth of the time."""
    cursor.execute(INDEXES)
    indexes = cursor.fetchall()
    for index, constraint, _ in indexes:
        drop = (
            f"ALTER TABLE voting_vote DROP CONSTRAINT {constraint}" if constraint else f"DROP INDEX {index}"
        )
        cursor.execute(drop)
    yield
    say("indexes of the votes")
    for _, constraint, definition in indexes:
        add = (
            f"ALTER TABLE voting_vote ADD CONSTRAINT {constraint} {definition}" if constraint else definition
        )
        cursor.execute(add)


def placeholders(size: Size) -> dict[str, Any]:
    """The numbers of a world, and the lists of answers that its statements need."""
    wrong = (1 - ACCURACY) / (len(DECISIVE) - 1)
    return asdict(size) | {
        "votes": CONSENSUS_VOTES * size.closed,
        "needed": CONSENSUS_VOTES,
        "slip": SLIP,
        "progress_weight": PROGRESS_WEIGHT,
        "answer_counts": ", ".join(f"count(*) FILTER (WHERE answer = '{a}') AS n_{a}" for a in DECISIVE),
        "log_odds": ", ".join(f"n_{a} * ln({ACCURACY}) + (t.n - n_{a}) * ln({wrong})" for a in DECISIVE),
        "counts": ", ".join(f"n_{a}" for a in DECISIVE),
        "winner": " ".join(f"WHEN n_{a} THEN '{a}'" for a in DECISIVE),
        "shares": ", ".join(f"'{a}', nullif(n_{a}, 0) / {CONSENSUS_VOTES}.0" for a in DECISIVE),
        "flat": ", ".join(f"'{a}', {1 / len(DECISIVE)}" for a in DECISIVE),
    }
