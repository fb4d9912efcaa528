"""Taking a vote back: it stays in the history, its counters move, its source may open again."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from claxson.accounts.models import Voter
from claxson.core.classes import Answer
from claxson.voting.errors import NothingToUndo
from claxson.voting.models import GoldSource, Vote, VoterRecord
from claxson.voting.services.leasing import HeldLease, lease_again
from claxson.voting.services.recounting import locked_entry, recount_entries

UNDO_WITHIN = dt.timedelta(seconds=30)


@transaction.atomic
def undo_last(*, voter: Voter) -> HeldLease:
    """Withdraw this voter's last vote, if it is younger than 30 s, and hand its source out to them again.

    An answer that was told right or wrong stands.
    """
    vote = young_votes(voter).order_by("-id").first()
    if vote is None or GoldSource.objects.filter(pk=vote.source_id, hidden=False).exists():
        raise NothingToUndo("There is no answer of the last 30 seconds that could be taken back.")
    if not withdraw(vote, Vote.Withdrawal.UNDONE):
        raise NothingToUndo("This answer was taken back before.")
    return lease_again(voter=voter, source_id=vote.source_id)


def young_votes(voter: Voter) -> QuerySet[Vote]:
    """By the database's clock, and its index: the last of all votes may be long ago, behind millions."""
    return Vote.objects.filter(voter=voter, withdrawn_at=None, cast_at__gt=Now() - UNDO_WITHIN)


def withdraw(vote: Vote, why: Vote.Withdrawal) -> bool:
    """Once and for all, inside the caller's transaction; False where it was withdrawn before."""
    entry = locked_entry(vote.source_id)
    standing = Vote.objects.select_for_update().filter(pk=vote.pk, withdrawn_at=None).first()
    if standing is None:
        return False
    Vote.objects.filter(pk=vote.pk).update(counted=False, withdrawn_at=Now(), withdrawn_why=why)
    if entry is not None and standing.counted:
        recount_entries([entry], reason=f"a vote was withdrawn: {why.label}")
    _count_down(standing)
    return True


def _count_down(vote: Vote) -> None:
    on_gold = bool(vote.gold_class) and vote.answer != Answer.UNSURE
    VoterRecord.objects.filter(voter=vote.voter_id).update(
        n_votes=F("n_votes") - 1,
        n_gold=F("n_gold") - int(on_gold),
        n_right=F("n_right") - int(on_gold and vote.answer == vote.gold_class),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE voting_activeday d SET n_votes = d.n_votes - 1 FROM voting_voterrecord r
            WHERE r.voter_id = d.voter_id AND d.voter_id = %s AND d.day = (%s AT TIME ZONE r.time_zone)::date
            """,
            [vote.voter_id, vote.cast_at],
        )
