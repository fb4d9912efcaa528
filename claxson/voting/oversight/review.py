"""Verdicts of astronomers on what the crowd says; every step has an author, a time and a reason."""

from django.db import transaction
from django.db.models import F, QuerySet

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from claxson.core.classes import DECISIVE
from claxson.voting.errors import IllegalStep
from claxson.voting.models import Consensus, ConsensusEvent, QueueEntry, Vote
from claxson.voting.oversight.audit import record_act
from claxson.voting.rules.verdicts import may_decide, may_go_to_review, needs_a_second_person
from claxson.voting.services.closing import record_step
from claxson.voting.services.recounting import locked_entry, recount_entries

State = QueueEntry.State
REVIEWERS = (User.Role.ASTRONOMER, User.Role.ADMIN)


@transaction.atomic
def confirm(*, source: Source, actor: User, reason: str) -> None:
    """The crowd is right."""
    entry, consensus = _before(source, actor)
    if entry.state == State.CONFIRMED:
        return
    _allow(may_decide(entry.state), entry, "confirmed")
    _decide(entry, State.CONFIRMED, consensus.answer, actor, reason)


@transaction.atomic
def overrule(*, source: Source, answer: str, actor: User, reason: str) -> bool:
    """The crowd is wrong; False while this waits for a second astronomer who says the same."""
    entry, consensus = _before(source, actor)
    if entry.state == State.OVERRULED and consensus.verdict == answer:
        return True
    _allow(may_decide(entry.state), entry, "overruled")
    if answer not in DECISIVE or answer == consensus.answer:
        raise IllegalStep(f"“{answer}” does not overrule the crowd's answer.")
    if needs_a_second_person(consensus.posterior) and not _proposed(consensus, answer).exclude(actor=actor):
        if not _proposed(consensus, answer).filter(actor=actor):
            _record(entry, entry.state, answer, actor, reason)
        return False
    _decide(entry, State.OVERRULED, answer, actor, reason)
    return True


@transaction.atomic
def send_to_review(*, source: Source, actor: User, reason: str) -> None:
    """Astronomers look at it, again if they did before; an earlier verdict no longer stands."""
    entry, _ = _before(source, actor)
    if entry.state == State.REVIEW:
        return
    _allow(may_go_to_review(entry.state), entry, "sent to review")
    _decide(entry, State.REVIEW, "", actor, reason)


@transaction.atomic
def reopen_for_votes(*, source: Source, actor: User, reason: str) -> None:
    """Ask twenty other people; the votes so far are kept and no longer counted."""
    entry, _ = _before(source, actor)
    if entry.state == State.VOTING:
        return
    _allow(may_decide(entry.state), entry, "opened to votes again")
    record_act("reopen for votes", source.name, reason=reason, actor=actor)
    Vote.objects.filter(source=source, counted=True).update(counted=False)
    recount_entries([entry], reason=reason, actor=actor)


def _before(source: Source, actor: User) -> tuple[QueueEntry, Consensus]:
    """With the entry's lock; a source that is open has an empty consensus."""
    if actor.role not in REVIEWERS:
        raise IllegalStep("Only astronomers decide on what the crowd says.")
    entry = locked_entry(source.pk)
    if entry is None:
        raise IllegalStep(f"{source.name} is not open to volunteers.")
    return entry, Consensus.objects.filter(pk=source.pk).first() or Consensus(source=source)


def _allow(allowed: bool, entry: QueueEntry, what: str) -> None:
    if not allowed:
        raise IllegalStep(f"A source in the state “{entry.state}” cannot be {what}.")


def _decide(entry: QueueEntry, after: str, verdict: str, actor: User, reason: str) -> None:
    Consensus.objects.filter(pk=entry.pk).update(verdict=verdict)
    QueueEntry.objects.filter(pk=entry.pk).update(state=after)
    _record(entry, after, verdict, actor, reason)


def _record(entry: QueueEntry, after: str, answer: str, actor: User, reason: str) -> None:
    """A step from a state to itself is a proposal."""
    act = "verdict: proposed" if after == entry.state else f"verdict: {after}"
    record_step(entry.pk, before=entry.state, after=after, answer=answer, reason=reason, actor=actor)
    record_act(act, entry.source.name, reason=reason, actor=actor, answer=answer)


def _proposed(consensus: Consensus, answer: str) -> QuerySet[ConsensusEvent]:
    """Who, of those who still are here, proposed this answer since the crowd's consensus."""
    events = ConsensusEvent.objects.filter(source=consensus.pk, before=F("after"), answer=answer)
    return events.filter(at__gte=consensus.reached_at).exclude(actor=None)
