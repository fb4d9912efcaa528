"""Quarantine: a voter's votes stop counting until they are released; nothing is deleted.

The mark comes first, in a transaction of its own; then the votes, in steps of some sources each, under the
locks of their entries. Killed half-way, either act is finished by doing it again, or by `finish_interrupted`.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from claxson.accounts.models import User, Voter
from claxson.voting.models import CONSENSUS_VOTES, Lease, QueueEntry, Suspicion, Vote, VoterRecord
from claxson.voting.oversight.audit import record_act
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.recounting import (
    change_many_entries,
    locked_entries,
    recount_entries,
    steps,
)

Move = Callable[[Voter, Sequence[int], QuerySet[Vote]], list[int]]


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
    _free_places(voter)
    return _in_steps(voter, _counted(voter), _take_out)


def _put_back_all(voter: Voter) -> Moved:
    return _in_steps(voter, _set_aside(voter), _put_back)


@transaction.atomic
def _free_places(voter: Voter) -> None:
    """Whoever was handed a source may answer; the place it held is another's."""
    held = Lease.objects.filter(voter=voter, reserved=True)
    entries = [entry.pk for entry in locked_entries(list(held.values_list("source_id", flat=True)))]
    freed = list(held.filter(source__in=entries).values_list("source_id", flat=True))
    held.filter(source__in=freed).update(reserved=False)
    QueueEntry.objects.filter(pk__in=freed).update(n_leased=F("n_leased") - 1)


def _in_steps(voter: Voter, votes: QuerySet[Vote], move: Move) -> Moved:
    on_source: dict[int, list[int]] = defaultdict(list)
    for source_id, vote_id in votes.order_by("source_id", "pk").values_list("source_id", "pk"):
        on_source[source_id].append(vote_id)
    moved: list[int] = []
    for sources in steps(list(on_source)):
        some = [vote_id for source_id in sources for vote_id in on_source[source_id]]
        moved += move(voter, sources, votes.filter(pk__in=some))
    return Moved(len(moved), len(set(moved)))


@transaction.atomic
def _take_out(voter: Voter, sources: Sequence[int], votes: QuerySet[Vote]) -> list[int]:
    """On which sources votes were taken out."""
    change_many_entries()
    entries = locked_entries(sources)
    if not _still(voter, votes, in_quarantine=True):
        return []
    counted = votes.filter(source__in=[entry.pk for entry in entries])
    taken = list(counted.values_list("source_id", flat=True))
    counted.update(counted=False, set_aside_at=Now())
    _recount(entries, taken, reason="votes were taken out: quarantine")
    return taken


@transaction.atomic
def _put_back(voter: Voter, sources: Sequence[int], votes: QuerySet[Vote]) -> list[int]:
    """On which sources votes were put back."""
    change_many_entries()
    entries = locked_entries(sources)
    if not _still(voter, votes, in_quarantine=False):
        return []
    back = _first_that_count(votes.filter(source__in=[entry.pk for entry in entries if _has_room(entry)]))
    votes.filter(pk__in=back.values()).update(counted=True, set_aside_at=None)
    votes.update(set_aside_at=None)
    _recount(entries, list(back), reason="votes were put back: released from quarantine")
    return list(back)


def _recount(entries: Sequence[QueueEntry], moved: Sequence[int], *, reason: str) -> None:
    touched = set(moved)
    recount_entries([entry for entry in entries if entry.pk in touched], reason=reason)


def _counted(voter: Voter) -> QuerySet[Vote]:
    return Vote.objects.filter(voter=voter, counted=True)


def _set_aside(voter: Voter) -> QuerySet[Vote]:
    return Vote.objects.filter(voter=voter).exclude(set_aside_at=None)


def _first_that_count(votes: QuerySet[Vote]) -> dict[int, int]:
    """Source -> vote: one vote a voter and source, and an answer to the question in force."""
    since = question_in_force().counts_since
    standing = votes.filter(withdrawn_at=None, question_version__gte=since)
    first = standing.order_by("source_id", "pk").distinct("source_id")
    return dict(first.values_list("source_id", "pk"))


def _has_room(entry: QueueEntry) -> bool:
    return entry.state == QueueEntry.State.VOTING and entry.n_votes + entry.n_leased < CONSENSUS_VOTES


def _still(voter: Voter, votes: QuerySet[Vote], *, in_quarantine: bool) -> bool:
    """With the locks of votes and record: the opposite act may have begun meanwhile."""
    list(votes.select_for_update().order_by("pk").values_list("pk"))
    record = VoterRecord.objects.select_for_update().filter(voter=voter).first()
    return record is not None and (record.quarantined_at is not None) == in_quarantine
