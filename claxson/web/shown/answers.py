"""What a volunteer is told after an answer: thanks, a verdict, or why it was refused."""

from http import HTTPStatus

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claxson.core.classes import Answer
from claxson.voting.errors import (
    AlreadyVoted,
    ForgedLease,
    KeyReused,
    NothingToUndo,
    TooManySkips,
    UnknownSource,
    VoteRefused,
)
from claxson.voting.services.casting import CastVote

REFUSALS: dict[str, tuple[HTTPStatus, Promise]] = {
    UnknownSource.code: (
        HTTPStatus.NOT_FOUND,
        gettext_lazy("Volunteers are not asked about this source. Nothing was stored."),
    ),
    AlreadyVoted.code: (
        HTTPStatus.CONFLICT,
        gettext_lazy(
            "You have answered for this source before. Your first answer stands; nothing new was stored."
        ),
    ),
    KeyReused.code: (
        HTTPStatus.CONFLICT,
        gettext_lazy(
            "This form was sent before with another answer. Nothing new was stored: please send it again."
        ),
    ),
    ForgedLease.code: (
        HTTPStatus.FORBIDDEN,
        gettext_lazy(
            "This source was not handed to you. Nothing was stored: please go on with the next source."
        ),
    ),
    TooManySkips.code: (
        HTTPStatus.CONFLICT,
        gettext_lazy(
            "You have passed over as many sources as one can in a day. “I don't know” is an answer too."
        ),
    ),
    NothingToUndo.code: (
        HTTPStatus.CONFLICT,
        gettext_lazy(
            "Only your last answer can be taken back, for 30 seconds, and not after you were told the class."
        ),
    ),
}


def refusal(error: VoteRefused) -> tuple[HTTPStatus, Promise | str]:
    """The status and the sentence for a refused vote."""
    return REFUSALS.get(error.code, (HTTPStatus.CONFLICT, error.message))


def thanks(name: str, cast: CastVote) -> SafeString:
    """That the answer is stored, and a promotion; a source that teaches has its verdict instead."""
    sentences = [] if cast.gold_class else [_stored(name, cast)]
    if cast.promoted:
        sentences.append(
            format_html(
                "{}", _("You have completed your training: from now on your answers count. Well done!")
            )
        )
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


def verdict_sentence(name: str, answer: str, gold_class: str) -> str:
    known = Answer(gold_class).label
    if answer == gold_class:
        told = _("Right! %(name)s is known: %(known)s.")
    elif answer == Answer.UNSURE:
        told = _("%(name)s is known: %(known)s.")
    else:
        told = _("Not this time: %(name)s is known: %(known)s.")
    return told % {"name": name, "known": known}


def _stored(name: str, cast: CastVote) -> SafeString:
    if cast.reached_consensus:
        told = _("Your answer was the last one that was needed on %(name)s: the crowd has decided.")
        return _with_link(told % {"name": name}, name, _("See what it said"))
    if cast.late:
        told = _("Your answer for %(name)s came late: it is stored, but not counted.")
    else:
        told = _("Your answer for %(name)s is stored. Thank you!")
    return format_html("{}", told % {"name": name})


def _with_link(told: str, name: str, link: str) -> SafeString:
    return format_html('{} <a href="{}">{}</a>', told, reverse("source", args=[name]), link)
