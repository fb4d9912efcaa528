"""Quarantine: a voter's votes stop counting until they are released; nothing is deleted.

The mark comes first, in a transaction of its own; then the votes, source by source in order, each under its
entry's lock. Killed half-way, either act is finished by doing it again, or by `finish_interrupted`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from claxson.accounts.models import User, Voter
from claxson.voting.models import CONSENSUS_VOTES, Lease, QueueEntry, Suspicion, Vote, VoterRecord
from claxson.voting.oversight.audit import record_act
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.recounting import locked_entry, recount_entry


@dataclass(frozen=True)
class Moved:
    """How many votes were taken out or put back, on how many sources; `marked` False: it was so before."""

    n_votes: int
    n_sources: int
    marked: bool = False


def quarantine(*, voter: Voter, reason: str, actor: User | None = None) -> Moved:
    """No vote of this voter counts any more, and no new one will."""
    marked = _mark(voter, reason, actor)
    moved = _take_out_all(voter)
    return Moved(moved.n_votes, moved.n_sources, marked)


def release(*, voter: Voter, reason: str, actor: User | None = None) -> Moved:
    """What quarantine took out counts again, where its source has still room for it."""
    marked = _unmark(voter, reason, actor)
    moved = _put_back_all(voter)
    return Moved(moved.n_votes, moved.n_sources, marked)


def finish_interrupted() -> int:
    """Quarantines and releases that a crash cut short or a vote at that moment slipped by; how many votes."""
    counted = Vote.objects.filter(voter=OuterRef("voter_id"), counted=True)
    held = VoterRecord.objects.exclude(quarantined_at=None).filter(Exists(counted)).order_by("voter_id")
    aside = Vote.objects.exclude(set_aside_at=None).filter(voter__record__quarantined_at=None)
    freed = aside.order_by("voter_id").values_list("voter_id", flat=True).distinct()
    moved = [_take_out_all(record.voter) for record in held.select_related("voter")]
    moved += [_put_back_all(voter) for voter in Voter.objects.filter(pk__in=list(freed))]
    return sum(one.n_votes for one in moved)


@transaction.atomic
def _mark(voter: Voter, reason: str, actor: User | None) -> bool:
    VoterRecord.objects.get_or_create(voter=voter)
    marked = VoterRecord.objects.filter(voter=voter, quarantined_at=None).update(quarantined_at=Now())
    if marked:
        record_act("quarantine", voter.pk, reason=reason, actor=actor)
    Suspicion.objects.filter(voter=voter, settled_at=None).update(settled_at=Now())
    return bool(marked)


@transaction.atomic
def _unmark(voter: Voter, reason: str, actor: User | None) -> bool:
    held = VoterRecord.objects.filter(voter=voter).exclude(quarantined_at=None)
    unmarked = held.update(quarantined_at=None)
    if unmarked:
        record_act("release", voter.pk, reason=reason, actor=actor)
    return bool(unmarked)


def _take_out_all(voter: Voter) -> Moved:
    reserved = Lease.objects.filter(voter=voter, reserved=True).values_list("source_id", flat=True)
    return _source_by_source(voter, _counted(voter), _take_out, also=set(reserved))


def _put_back_all(voter: Voter) -> Moved:
    return _source_by_source(voter, _set_aside(voter), _put_back)


def _source_by_source(
    voter: Voter,
    votes: QuerySet[Vote],
    move: Callable[[Voter, int], int],
    also: set[int] | None = None,
) -> Moved:
    sources = sorted(set(votes.values_list("source_id", flat=True)) | (also or set()))
    moved = [move(voter, source_id) for source_id in sources]
    return Moved(sum(moved), sum(map(bool, moved)))


@transaction.atomic
def _take_out(voter: Voter, source_id: int) -> int:
    entry = locked_entry(source_id)
    if entry is None or not _still(voter, source_id, in_quarantine=True):
        return 0
    # Whoever was handed this source may answer; the place it held is another's.
    freed = Lease.objects.filter(voter=voter, source_id=source_id, reserved=True).update(reserved=False)
    if freed:
        entry.n_leased -= freed
        entry.save(update_fields=["n_leased"])
    taken = _counted(voter).filter(source_id=source_id).update(counted=False, set_aside_at=Now())
    if taken:
        recount_entry(entry, reason="votes were taken out: quarantine")
    return taken


@transaction.atomic
def _put_back(voter: Voter, source_id: int) -> int:
    entry = locked_entry(source_id)
    if not _still(voter, source_id, in_quarantine=False):
        return 0
    votes = _set_aside(voter).filter(source_id=source_id)
    back = _first_that_counts(votes).update(counted=True, set_aside_at=None) if _has_room(entry) else 0
    votes.update(set_aside_at=None)
    if entry is not None and back:
        recount_entry(entry, reason="votes were put back: released from quarantine")
    return back


def _counted(voter: Voter) -> QuerySet[Vote]:
    return Vote.objects.filter(voter=voter, counted=True)


def _set_aside(voter: Voter) -> QuerySet[Vote]:
    return Vote.objects.filter(voter=voter).exclude(set_aside_at=None)


def _first_that_counts(votes: QuerySet[Vote]) -> QuerySet[Vote]:
    """One vote a voter and source, and an answer to the question in force."""
    since = question_in_force().counts_since
    standing = votes.filter(withdrawn_at=None, question_version__gte=since).order_by("id")
    return Vote.objects.filter(pk__in=list(standing.values_list("pk", flat=True)[:1]))


def _has_room(entry: QueueEntry | None) -> bool:
    if entry is None or entry.state != QueueEntry.State.VOTING:
        return False
    return entry.n_votes + entry.n_leased < CONSENSUS_VOTES


def _still(voter: Voter, source_id: int, *, in_quarantine: bool) -> bool:
    """With the locks of votes and record: the opposite act may have begun meanwhile."""
    list(Vote.objects.select_for_update().filter(voter=voter, source_id=source_id).values_list("pk"))
    record = VoterRecord.objects.select_for_update().filter(voter=voter).first()
    return record is not None and (record.quarantined_at is not None) == in_quarantine
