"""One source, one question, one answer."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claxson.accounts.models import Voter
from claxson.accounts.services import voter_of
from claxson.catalogue.selectors import shown_source, source_id
from claxson.community.selectors import standing_of
from claxson.core.classes import Answer
from claxson.voting.errors import VoteRefused
from claxson.voting.models import CONSENSUS_VOTES
from claxson.voting.selectors import next_source_name, vote_by, vote_state
from claxson.voting.services import CastVote, cast_vote
from claxson.web.ballots import COMMENT_LENGTH, VoteForm, refusal, renewed
from claxson.web.shown.facts import clues
from claxson.web.shown.observations import observations
from claxson.web.source import unknown_source


@dataclass(frozen=True)
class Desk:
    """Who sits before which source, with what filled in and what went wrong."""

    name: str
    voter: Voter
    form: VoteForm
    refused: Promise | str = ""


@login_required
@require_safe
def next_source(request: HttpRequest) -> HttpResponse:
    """On to the source most worth looking at; said plainly where there is none left."""
    voter = _voter(request)
    name = next_source_name(voter)
    if name is None:
        return render(request, "classify/nothing_left.html", {"standing": standing_of(voter)})
    return redirect("classify_source", name=name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def classify(request: HttpRequest, name: str) -> HttpResponse:
    if request.method == "POST":
        return _vote(request, Desk(name, _voter(request), VoteForm(request.POST)))
    return _page(request, Desk(name, _voter(request), VoteForm()))


def _voter(request: HttpRequest) -> Voter:
    return voter_of(user=request.user)  # type: ignore[arg-type]  # login_required stands before every caller


def _vote(request: HttpRequest, desk: Desk) -> HttpResponse:
    pk = source_id(desk.name)
    if pk is None:
        return unknown_source(request, desk.name)
    if not desk.form.is_valid():
        return _page(request, desk, HTTPStatus.BAD_REQUEST)
    try:
        cast = cast_vote(voter=desk.voter, ballot=desk.form.ballot(pk))
    except VoteRefused as error:
        status, sentence = refusal(error)
        return _page(request, replace(desk, form=renewed(desk.form), refused=sentence), status)
    messages.success(request, _thanks(desk.name, cast))
    return redirect("classify")


def _thanks(name: str, cast: CastVote) -> str:
    if not cast.reached_consensus:
        return _("Your answer for %(name)s is stored. Thank you!") % {"name": name}
    told = _("That was vote %(needed)s of %(needed)s on %(name)s: the crowd has decided.")
    return format_html(
        '{} <a href="{}">{}</a>',
        told % {"needed": CONSENSUS_VOTES, "name": name},
        reverse("source", args=[name]),
        _("See what it said"),
    )


def _page(request: HttpRequest, desk: Desk, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    source = shown_source(desk.name)
    if source is None:
        return unknown_source(request, desk.name)
    context: dict[str, Any] = {
        "source": source,
        "clues": clues(source.features),
        "observations": observations(source),
        "standing": standing_of(desk.voter),
        "state": vote_state(source.id),
        "own_vote": vote_by(desk.voter, source.id),
        "form": desk.form,
        "refused": desk.refused,
        "answers": Answer.choices,
        "comment_length": COMMENT_LENGTH,
    }
    return render(request, "classify/classify.html", context, status=status)
