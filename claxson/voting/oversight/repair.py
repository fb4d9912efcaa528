"""Mending counters that a recount found wrong: the rows are right, and every change is on record."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from claxson.voting.models import Consensus, Lease, QueueEntry, Vote, VoterRecord
from claxson.voting.oversight.audit import record_act
from claxson.voting.oversight.quarantine import finish_interrupted
from claxson.voting.oversight.questions import restart_stragglers
from claxson.voting.oversight.recount import STANDING, Difference
from claxson.voting.rules.retirement import CONSENSUS_VOTES
from claxson.voting.services.recounting import locked_entry, recount_entries

COUNTERS = f"""
UPDATE voting_voterrecord r SET (n_votes, n_gold, n_right) = (
    SELECT coalesce(sum(n_votes), 0), coalesce(sum(n_gold), 0), coalesce(sum(n_right), 0)
    FROM ({STANDING} AND voter_id = %(voter)s GROUP BY voter_id) v
) WHERE r.voter_id = %(voter)s
"""
FORGET_DAYS = "DELETE FROM voting_activeday WHERE voter_id = %(voter)s"
DAYS = """
INSERT INTO voting_activeday (voter_id, day, n_votes)
SELECT r.voter_id, (v.cast_at AT TIME ZONE r.time_zone)::date AS day, count(*)
FROM voting_voterrecord r JOIN voting_vote v USING (voter_id)
JOIN accounts_voter person ON person.id = r.voter_id
WHERE r.voter_id = %(voter)s AND v.withdrawn_at IS NULL AND NOT person.erased GROUP BY r.voter_id, day
"""


def repair(differences: Iterable[Difference]) -> None:
    """Mend each source and voter, a transaction each: counted anew under the lock, not as was reported."""
    found = list(differences)
    finish_interrupted()
    restart_stragglers()
    for source_id in sorted({int(d.subject) for d in found if d.counter.startswith("source.")}):
        _mend_source(source_id, _of(found, "source.", str(source_id)))
    for voter in sorted({d.subject for d in found if d.counter.startswith("voter.")}):
        _mend_voter(UUID(voter), _of(found, "voter.", voter))


def _of(found: list[Difference], kind: str, subject: str) -> dict[str, Any]:
    """counter -> what it said and what the rows said."""
    return {d.counter: [d.says, d.rows] for d in found if d.counter.startswith(kind) and d.subject == subject}


@transaction.atomic
def _mend_source(source_id: int, wrong: dict[str, Any]) -> None:
    entry = locked_entry(source_id)
    record_act("recount: mended", f"source {source_id}", **wrong)
    if entry is None:  # nobody is asked about it
        Vote.objects.filter(source_id=source_id, counted=True).update(counted=False)
        return
    _mend_state(entry)
    _mend_places(entry)
    recount_entries([entry], reason="counted anew: a counter was wrong")


def _mend_state(entry: QueueEntry) -> None:
    """Closed is what has a consensus; where the two disagree the votes decide again."""
    decided = Consensus.objects.filter(pk=entry.pk)
    if (entry.state == QueueEntry.State.VOTING) == decided.exists():
        decided.delete()
        entry.state = QueueEntry.State.VOTING


def _mend_places(entry: QueueEntry) -> None:
    reserved = Lease.objects.filter(source_id=entry.pk, reserved=True)
    n_votes = Vote.objects.filter(source_id=entry.pk, counted=True).count()
    if n_votes + reserved.count() > CONSENSUS_VOTES or entry.state != QueueEntry.State.VOTING:
        reserved.update(reserved=False)
    entry.n_leased = reserved.count()


@transaction.atomic
def _mend_voter(voter: UUID, wrong: dict[str, Any]) -> None:
    VoterRecord.objects.get_or_create(voter_id=voter)
    VoterRecord.objects.select_for_update().get(voter_id=voter)  # a vote moves the counters under this lock
    record_act("recount: mended", f"voter {voter}", **wrong)
    with connection.cursor() as cursor:
        for statement in (COUNTERS, FORGET_DAYS, DAYS):
            cursor.execute(statement, {"voter": voter})
