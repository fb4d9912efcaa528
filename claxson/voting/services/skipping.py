"""Passing a source over, and saying what is wrong with it: its place goes to somebody else."""

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from claxson.accounts.models import Voter
from claxson.voting.errors import ForgedLease, TooManySkips
from claxson.voting.models import Boost, Lease, ProblemReport, QueueEntry, Skip, VoterRecord
from claxson.voting.rules import skipping
from claxson.voting.services.leasing import give_back

CAMPAIGN = "reported"
DAY = dt.timedelta(days=1)


@transaction.atomic
def skip(*, voter: Voter, source_id: int) -> None:
    """Give the source back and let it rest for this voter; refused where it was never handed to them."""
    VoterRecord.objects.select_for_update().filter(voter=voter).first()  # one skip of a voter after the other
    lease = Lease.objects.filter(voter=voter, source_id=source_id).first()
    if lease is None:
        raise ForgedLease("This source was not handed to you; nothing was stored.")
    recent = Skip.objects.filter(voter=voter, skipped_at__gt=Now() - DAY).count()
    if not skipping.may_skip(recent):
        raise TooManySkips("You have passed over as many sources as one can in a day.")
    give_back(lease)
    Skip.objects.update_or_create(voter=voter, source_id=source_id, defaults={"skipped_at": Now()})


@transaction.atomic
def report(*, voter: Voter, source_id: int, reason: str, text: str = "") -> None:
    """Skip it, and keep what is wrong; enough reports send the source to the end of the queue."""
    skip(voter=voter, source_id=source_id)
    ProblemReport.objects.update_or_create(
        voter=voter,
        source_id=source_id,
        settled_at=None,
        defaults={"reason": reason, "text": text, "reported_at": Now()},
    )
    if skipping.is_set_back(_open_reports(source_id).count()):
        _set_back(source_id)


@transaction.atomic
def settle(*, source_id: int) -> int:
    """Somebody has looked: its open reports are closed, and it takes its old place in the queue; how many."""
    settled = _open_reports(source_id).update(settled_at=Now())
    gone, _ = Boost.objects.filter(source_id=source_id, campaign=CAMPAIGN).delete()
    if gone:
        _move(source_id, -skipping.SET_BACK_BY)
    return settled


def _open_reports(source_id: int) -> QuerySet[ProblemReport]:
    return ProblemReport.objects.filter(source_id=source_id, settled_at=None)


def _set_back(source_id: int) -> None:
    if not QueueEntry.objects.filter(pk=source_id).exists():
        return  # gold has no place in the queue
    weight = {"weight": skipping.SET_BACK_BY}
    _, new = Boost.objects.get_or_create(source_id=source_id, campaign=CAMPAIGN, defaults=weight)
    if new:
        _move(source_id, skipping.SET_BACK_BY)


def _move(source_id: int, by: float) -> None:
    """What `apply_boosts` would do for the whole queue."""
    QueueEntry.objects.filter(pk=source_id).update(boost=F("boost") + by, priority=F("priority") + by)
