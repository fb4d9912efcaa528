"""A visitor signs up or logs in: one person, one voter, no vote counted twice."""

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from claxson.accounts.models import User, Voter
from claxson.voting.models import (
    ActiveDay,
    Adoption,
    Lease,
    Notice,
    ProblemReport,
    Skip,
    Vote,
    VoterRecord,
)
from claxson.voting.services.leasing import give_back
from claxson.voting.services.recounting import locked_entries
from claxson.voting.services.withdrawal import withdraw

# Whatever the versions of the question: where only its rules changed, votes of both count together.
CONFLICTS = """
SELECT theirs.id, own.id, theirs.cast_at < own.cast_at
FROM voting_vote theirs JOIN voting_vote own USING (source_id)
WHERE theirs.voter_id = %s AND own.voter_id = %s AND theirs.withdrawn_at IS NULL AND own.withdrawn_at IS NULL
"""


@transaction.atomic
def adopt(*, visitor: Voter, user: User) -> Voter:
    """The account's voter, with the visitor's votes; of two on one source the first is kept.

    Twice is once: a voter who has a user is nobody's visitor any more.
    """
    locked = Voter.objects.select_for_update().filter(pk=visitor.pk, user=None, simulated_name="").first()
    own = Voter.objects.select_for_update().filter(user=user).first()
    if locked is None:
        return own or Voter.objects.create(user=user)
    if own is None:
        locked.user = user
        locked.save(update_fields=["user"])
        return locked
    _merge(locked, own)
    locked.delete()
    return own


def _merge(visitor: Voter, own: Voter) -> None:
    leases = list(Lease.objects.filter(voter=visitor))
    losers = list(Vote.objects.filter(pk__in=_losers(visitor, own)).order_by("source_id"))
    # In the order of every act on votes: entries, votes, records.
    locked_entries({lease.source_id for lease in leases} | {vote.source_id for vote in losers})
    list(Vote.objects.select_for_update().filter(voter=visitor).order_by("pk").values_list("pk"))
    for lease in leases:
        give_back(lease)
    for loser in losers:
        withdraw(loser, Vote.Withdrawal.ADOPTED)
    Vote.objects.filter(voter=visitor).update(voter=own)
    told = Notice.objects.filter(voter=own).values("source")
    Notice.objects.filter(voter=visitor).exclude(source__in=told).update(voter=own)
    _add_records(visitor, own)
    _add_skips(visitor, own)
    Adoption.objects.create(visitor=visitor.pk, voter=own)


def _losers(visitor: Voter, own: Voter) -> list[int]:
    """Of each pair of votes on one source, the later one."""
    with connection.cursor() as cursor:
        cursor.execute(CONFLICTS, [visitor.pk, own.pk])
        return [mine if theirs_first else theirs for theirs, mine, theirs_first in cursor.fetchall()]


def _add_records(visitor: Voter, own: Voter) -> None:
    record = VoterRecord.objects.filter(voter=visitor).first()
    if record is None:
        return
    VoterRecord.objects.get_or_create(voter=own)
    VoterRecord.objects.filter(voter=own).update(
        n_votes=F("n_votes") + record.n_votes,
        n_gold=F("n_gold") + record.n_gold,
        n_right=F("n_right") + record.n_right,
        quarantined_at=Coalesce("quarantined_at", Value(record.quarantined_at)),  # signing up is no way out
    )
    for day in ActiveDay.objects.filter(voter=visitor):
        row, _ = ActiveDay.objects.get_or_create(voter=own, day=day.day, defaults={"n_votes": 0})
        ActiveDay.objects.filter(pk=row.pk).update(n_votes=F("n_votes") + day.n_votes)


def _add_skips(visitor: Voter, own: Voter) -> None:
    """Where both passed over or reported the same source, the account's own stands."""
    skips, reports = Skip.objects, ProblemReport.objects
    skips.filter(voter=visitor).exclude(source__skips__voter=own).update(voter=own)
    open_ones = reports.filter(voter=own, settled_at=None).values("source")
    reports.filter(voter=visitor).exclude(source__in=open_ones).update(voter=own)
