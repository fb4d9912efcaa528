"""Erasing a person: the account goes, the votes stay under new keys that nobody can put together again.

Votes are dealt at random, at most 25 to a key, and lose what could tie them to each other or to a browser:
the client's key, the comment, the hour. Sources keep every vote they count. Killed half-way, it never was.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from django.db import OperationalError, connection, transaction

from claxson.accounts.models import User, Voter
from claxson.voting.models import Lease, Vote, VoterRecord
from claxson.voting.oversight.audit import record_act
from claxson.voting.oversight.recount import STANDING
from claxson.voting.services.leasing import give_back

LOT = 25
ATTEMPTS = 10
PAUSE_S = 0.05

LOTS = """
DROP TABLE IF EXISTS pg_temp.lots, pg_temp.heirs;
CREATE TEMP TABLE lots ON COMMIT DROP AS
SELECT id AS vote_id, (row_number() OVER (ORDER BY random()) - 1) / %(lot)s AS lot
FROM voting_vote WHERE voter_id = %(voter)s;
CREATE TEMP TABLE heirs ON COMMIT DROP AS
SELECT lot, gen_random_uuid() AS id FROM (SELECT DISTINCT lot FROM lots) AS dealt
"""
# The same moment for all who are erased: it tells no two of them apart, and ties none together.
HEIRS = """
INSERT INTO accounts_voter (id, simulated_name, erased, created_at)
SELECT id, '', true, timestamptz 'epoch' FROM heirs
"""
DEAL = """
UPDATE voting_vote v SET
    voter_id = heirs.id, key = gen_random_uuid(), comment = '', cast_at = date_trunc('day', cast_at, 'UTC')
FROM lots JOIN heirs USING (lot) WHERE v.id = lots.vote_id
"""
# Numbered at random below zero: numbers in a row would say who belongs together.
RECORDS = f"""
INSERT INTO voting_voterrecord
    (id, voter_id, n_votes, n_gold, n_right, trained_at, quarantined_at, time_zone, tokens)
SELECT -1 - floor(random() * 9e15)::bigint, heirs.id,
       coalesce(v.n_votes, 0), coalesce(v.n_gold, 0), coalesce(v.n_right, 0),
       CASE WHEN old.trained_at IS NOT NULL THEN timestamptz 'epoch' END,
       CASE WHEN old.quarantined_at IS NOT NULL THEN timestamptz 'epoch' END, 'UTC', 0
FROM heirs JOIN voting_voterrecord old ON old.voter_id = %(voter)s
LEFT JOIN ({STANDING} AND voter_id IN (SELECT id FROM heirs) GROUP BY voter_id) v ON v.voter_id = heirs.id
"""


class _ChangedMeanwhile(Exception):
    """A source was handed out while the leases were given back, or the visitor signed up."""


def erase_person(*, user: User) -> None:
    """Delete the account, and let its votes stand under keys of nobody."""
    _until_nothing_hinders(lambda: _erase_account(user))


def erase_visitor(*, voter: Voter) -> None:
    """The same for a visitor without an account; who has signed up meanwhile is an account's, and stays."""
    _until_nothing_hinders(lambda: _erase_visitor(voter))


def _until_nothing_hinders(erase: Callable[[], None]) -> None:
    for attempt in range(1, ATTEMPTS):
        with suppress(_ChangedMeanwhile, OperationalError):  # they vote at this very moment
            return erase()
        time.sleep(PAUSE_S * attempt)
    return erase()


@transaction.atomic
def _erase_account(user: User) -> None:
    voter = Voter.objects.filter(user=user).first()
    if voter is not None:
        _erase_voter(voter)
    user.delete()
    record_act("erase account", "an account")


@transaction.atomic
def _erase_visitor(voter: Voter) -> None:
    found = Voter.objects.filter(pk=voter.pk, user=None, erased=False).first()
    if found is not None:
        _erase_voter(found)
        record_act("erase visitor", "a visitor")


def _erase_voter(voter: Voter) -> None:
    """Locks in the order of a vote: entries, votes, record. What began before the last is not waited for."""
    for lease in Lease.objects.filter(voter=voter).order_by("source_id"):
        give_back(lease)
    _lock_votes(voter)
    VoterRecord.objects.get_or_create(voter=voter)
    VoterRecord.objects.select_for_update().get(voter=voter)
    _lock_votes(voter, nowait=True)
    locked = Voter.objects.select_for_update(nowait=True).filter(pk=voter.pk).first()
    if locked is None or locked.user_id != voter.user_id or Lease.objects.filter(voter=voter).exists():
        raise _ChangedMeanwhile
    with connection.cursor() as cursor:
        for statement in LOTS.split(";"):
            cursor.execute(statement, {"voter": voter.pk, "lot": LOT})
        for statement in (HEIRS, DEAL, RECORDS):
            cursor.execute(statement, {"voter": voter.pk})
    voter.delete()


def _lock_votes(voter: Voter, *, nowait: bool = False) -> None:
    votes = Vote.objects.select_for_update(nowait=nowait).filter(voter=voter).order_by("pk")
    list(votes.values_list("pk"))
