"""A notice in words that thank and tell, and never shame."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from claxson.core.classes import Answer
from claxson.voting.models import Notice, QueueEntry

State = QueueEntry.State


@dataclass(frozen=True)
class News:
    """`told` is what happened, `praise` what is good about it."""

    source_name: str
    told: str
    praise: str
    at: dt.datetime
    is_new: bool


def news(notice: Notice) -> News:
    said = str(Answer(notice.event.answer).label) if notice.event.answer else ""
    return News(
        source_name=notice.source.name,
        told=_told(notice.event.after, said),
        praise=_praise(notice),
        at=notice.at,
        is_new=notice.read_at is None,
    )


def _told(after: str, said: str) -> str:
    if after == State.CONFIRMED:
        return _("Astronomers agree with the crowd: %(said)s.") % {"said": said}
    if after == State.OVERRULED:
        return _("Astronomers have looked at it and say: %(said)s.") % {"said": said}
    if after == State.REVIEW:
        return _("It is a hard one: astronomers take a closer look.")
    return _("The crowd has decided: %(said)s.") % {"said": said}


def _praise(notice: Notice) -> str:
    """Whoever saw it otherwise has helped as well, and is told what their look was worth."""
    by_astronomers = notice.event.after in (State.CONFIRMED, State.OVERRULED)
    if notice.event.after == State.REVIEW or notice.agreed is None:
        return _("Your look at it helped to find out.")
    if notice.first:
        return _("You were the first to say so.")
    if notice.agreed:
        return _("You agreed with the astronomers.") if by_astronomers else _("You said so too.")
    return _("You saw it differently; different views make the result trustworthy.")
