"""Handing out sources: a lease is one voter's right to vote once on one source, for half an hour.

Locks are taken in one order everywhere: voter's record, then queue entry, then leases and votes; here queue
entries that somebody else holds are passed over, so nobody waits for anybody.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from claxson.accounts.models import Voter
from claxson.core.classes import SourceClass
from claxson.core.statements import rows_of
from claxson.voting.errors import NothingToUndo, TooFast, UnknownVoter
from claxson.voting.models import CONSENSUS_VOTES, Lease, QueueEntry, Vote, VoterRecord
from claxson.voting.rules import gold, pace, skipping
from claxson.voting.services.desk import Desk, desk_of
from claxson.voting.tokens import LeaseToken

# What was handed out and never came back frees its place; whoever holds an entry's lock does so by its vote.
REAP = """
WITH due AS (
    SELECT source_id FROM voting_queueentry
    WHERE source_id IN (
        SELECT source_id FROM voting_lease WHERE expires_at <= statement_timestamp() AND reserved LIMIT 200
    ) FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM voting_lease USING due
    WHERE voting_lease.source_id = due.source_id AND reserved AND expires_at <= statement_timestamp()
    RETURNING voting_lease.source_id
), freed AS (SELECT source_id, count(*) AS n FROM gone GROUP BY source_id)
UPDATE voting_queueentry q SET n_leased = q.n_leased - freed.n FROM freed WHERE q.source_id = freed.source_id
"""
REAP_UNRESERVED = "DELETE FROM voting_lease WHERE NOT reserved AND expires_at <= statement_timestamp()"

UNSEEN = """
NOT EXISTS (SELECT FROM voting_vote v
            WHERE v.voter_id = %(voter)s AND v.source_id = q.source_id AND v.withdrawn_at IS NULL)
AND NOT EXISTS (SELECT FROM voting_lease l WHERE l.voter_id = %(voter)s AND l.source_id = q.source_id)
AND NOT EXISTS (SELECT FROM voting_skip s WHERE s.voter_id = %(voter)s AND s.source_id = q.source_id
                AND s.skipped_at > statement_timestamp() - %(rests)s::interval)
"""
OPEN = f"""
q.state = 'voting' AND (NOT %(reserve)s OR q.n_votes + q.n_leased < {CONSENSUS_VOTES}) AND {UNSEEN}
"""
# One statement finds the source, takes a place in it, and writes the lease.
TAKE = """
WITH pick AS ({pick} LIMIT %(n)s FOR UPDATE OF q SKIP LOCKED), place AS (
    UPDATE voting_queueentry q SET n_leased = q.n_leased + 1
    FROM pick WHERE %(reserve)s AND q.source_id = pick.source_id
), lease AS (
    INSERT INTO voting_lease
        (id, voter_id, source_id, question_version, mode, propensity, reserved, issued_at, expires_at)
    SELECT gen_random_uuid(), %(voter)s, source_id, %(version)s, %(mode)s, propensity, %(reserve)s,
           statement_timestamp(), statement_timestamp() + %(lasts)s
    FROM pick RETURNING id, source_id, question_version, mode, expires_at, issued_at
)
SELECT lease.id, lease.source_id, source.name, lease.question_version, lease.mode, lease.expires_at
FROM lease JOIN catalogue_source source ON source.id = lease.source_id
"""
MOST_WORTH = f"""
SELECT q.source_id, %(share)s::float8 AS propensity FROM voting_queueentry q
WHERE {OPEN} ORDER BY q.priority DESC, q.source_id
"""
# The next above a random number; the gap below it is the chance that it was this one.
BY_LOT = f"""
SELECT q.source_id, %(share)s::float8 * (q.lottery - coalesce((
           SELECT max(below.lottery) FROM voting_queueentry below
           WHERE below.state = 'voting' AND below.lottery < q.lottery
       ), 0)) AS propensity
FROM voting_queueentry q WHERE {OPEN} AND q.lottery >= %(u)s ORDER BY q.lottery
"""
FROM_LIST = f"""
SELECT q.source_id, NULL::float8 AS propensity FROM voting_queueentry q
WHERE q.source_id = ANY(%(only)s::bigint[]) AND {OPEN}
ORDER BY array_position(%(only)s::bigint[], q.source_id)
"""
GOLD = f"""
SELECT q.source_id, NULL::float8 AS propensity FROM voting_goldsource q
WHERE q.hidden = %(hidden)s AND q.gold_class = %(gold_class)s AND q.lottery >= %(u)s AND {UNSEEN}
ORDER BY q.lottery
"""
THIS_GOLD = f"""
SELECT q.source_id, NULL::float8 AS propensity FROM voting_goldsource q
WHERE q.source_id = %(source)s AND {UNSEEN}
"""


@dataclass(frozen=True)
class HeldLease:
    """A source that a voter was handed, with what their answer must carry."""

    source_id: int
    source_name: str
    mode: str
    expires_at: dt.datetime
    token: str


def hand_out(
    *, voter: Voter, wanted: int = 1, training: bool = False, only: Sequence[int] | None = None
) -> list[HeldLease]:
    """The sources this voter holds, oldest first, topped up to `wanted` where there are so many left.

    `training` asks for sources that teach; `only` restricts to a list (of source ids, in its order).
    """
    _have_record(voter)
    with transaction.atomic():
        desk = desk_of(voter, lock=True)
        held = held_by(voter, training=training, only=only)
        missing = min(wanted, pace.MOST_HELD) - len(held)
        if missing > 0:
            if not voter.simulated:
                _take_tokens(voter, desk, missing)
            release_expired()
            held += _new_leases(Order(voter, desk, training, only), missing)
    return held


def _have_record(voter: Voter) -> None:
    try:
        VoterRecord.objects.get_or_create(voter=voter)
    except IntegrityError as error:  # they were erased since this request found them
        raise UnknownVoter from error


def lease_again(*, voter: Voter, source_id: int) -> HeldLease:
    """A new lease on a source whose vote this voter took back, in the same transaction."""
    desk = desk_of(voter, source_id)
    order = Order(voter, desk, training=False, only=[source_id])
    if desk.gold_class:
        again = order.take(THIS_GOLD, Lease.Mode.HIDDEN, source=source_id)
    else:
        again = order.take(FROM_LIST, Lease.Mode.LISTED, only=[source_id])
    if not again:
        raise NothingToUndo("This source has been decided on meanwhile; your answer stands.")
    return again[0]


def held_by(voter: Voter, *, training: bool = False, only: Sequence[int] | None = None) -> list[HeldLease]:
    """What this voter was handed and has not answered, oldest first."""
    voted = Vote.objects.filter(voter=voter, withdrawn_at=None).values("source")
    leases = Lease.objects.live().filter(voter=voter).exclude(source__in=voted)
    leases = leases.select_related("source").order_by("issued_at", "id")
    if training:
        leases = leases.filter(mode=Lease.Mode.TRAINING)
    if only is not None:
        leases = leases.filter(source_id__in=only)
    return [
        _held(voter, (x.pk, x.source_id, x.source.name, x.question_version, x.mode, x.expires_at))
        for x in leases
    ]


def give_back(lease: Lease) -> None:
    """End a lease unused, and free its place; inside the caller's transaction."""
    QueueEntry.objects.select_for_update().filter(pk=lease.source_id).first()
    gone, _ = Lease.objects.filter(pk=lease.pk).delete()
    if gone and lease.reserved:
        QueueEntry.objects.filter(pk=lease.source_id).update(n_leased=F("n_leased") - 1)


def end_training(*, voter: Voter) -> None:
    """What was handed out to train on and has no answer is not what comes next; no place was kept for it."""
    Lease.objects.filter(voter=voter, mode=Lease.Mode.TRAINING).delete()


def release_expired() -> None:
    """Free the places of leases that ended unused."""
    with connection.cursor() as cursor:
        cursor.execute(REAP)
        cursor.execute(REAP_UNRESERVED)


@dataclass(frozen=True)
class Order:
    """Who wants what kind of source."""

    voter: Voter
    desk: Desk
    training: bool
    only: Sequence[int] | None

    def take(self, pick: str, mode: str, **parameters: Any) -> list[HeldLease]:
        reserve = self.desk.counts and mode in {Lease.Mode.ACTIVE, Lease.Mode.RANDOM, Lease.Mode.LISTED}
        common: dict[str, Any] = {
            "voter": self.voter.pk,
            "version": self.desk.question.version,
            "mode": mode,
            "reserve": reserve,
            "lasts": dt.timedelta(minutes=pace.LEASE_MINUTES),
            "rests": skipping.RESTS_FOR,
            "n": 1,
        }
        return [_held(self.voter, row) for row in rows_of(TAKE.format(pick=pick), common | parameters)]


def _new_leases(order: Order, missing: int) -> list[HeldLease]:
    if order.only is not None:
        taken = order.take(FROM_LIST, Lease.Mode.LISTED, only=list(order.only), n=missing)
        return sorted(taken, key=lambda held: list(order.only or ()).index(held.source_id))
    taken = []
    for i in range(missing):
        new = _one(order, order.desk.n_votes + i)
        if not new:
            break
        taken += new
    return taken


def _one(order: Order, n_votes: int) -> list[HeldLease]:
    """Gold by chance, else an open source; where none is left, beginners may go on training."""
    if order.training:
        return _gold(order, hidden=False)
    kind = gold.draw(n_votes, random.random())  # noqa: S311  # a draw, no secret
    taken = _gold(order, hidden=kind == "hidden") if kind else []
    taken = taken or _ordinary(order)
    return taken or ([] if order.desk.trained else _gold(order, hidden=False))


def _ordinary(order: Order) -> list[HeldLease]:
    share = order.desk.question.random_share
    by_lot: list[HeldLease] = []
    if random.random() < share:  # noqa: S311
        by_lot = order.take(BY_LOT, Lease.Mode.RANDOM, share=share, u=random.random())  # noqa: S311
    return by_lot or order.take(MOST_WORTH, Lease.Mode.ACTIVE, share=1 - share)


def _gold(order: Order, *, hidden: bool) -> list[HeldLease]:
    """Every class as often as any other: a volunteer learns the rare ones too."""
    classes = [answer for answer in order.desk.question.answers if answer in SourceClass]
    mode = Lease.Mode.HIDDEN if hidden else Lease.Mode.TRAINING
    for gold_class in random.sample(classes, len(classes)):
        for u in (random.random(), 0.0):  # noqa: S311  # from a random place on, else from the start
            taken = order.take(GOLD, mode, hidden=hidden, gold_class=gold_class, u=u)
            if taken:
                return taken
    return []


def _take_tokens(voter: Voter, desk: Desk, wanted: int) -> None:
    """The voter's record is locked: what is read here is what is written."""
    tokens = pace.tokens_now(desk.tokens, desk.tokens_age_s)
    if tokens < wanted:
        wait = pace.seconds_until(tokens, wanted)
        raise TooFast(f"That is faster than one can look; go on in {wait} seconds.", wait)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE voting_voterrecord SET tokens = %s, tokens_at = statement_timestamp()"
            " WHERE voter_id = %s",
            [tokens - wanted, voter.pk],
        )


def _held(voter: Voter, row: tuple[UUID, int, str, int, str, dt.datetime]) -> HeldLease:
    lease, source_id, name, version, mode, expires_at = row
    token = LeaseToken(lease, voter.pk, source_id, version).signed()
    return HeldLease(source_id, name, mode, expires_at, token)
