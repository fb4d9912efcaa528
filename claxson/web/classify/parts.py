"""Pieces of the classify page for the script that goes on without loading it anew.

It fetches the next sources ahead, sends answers in the background, and shows what these pieces say.
"""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from claxson.accounts.models import Voter
from claxson.catalogue.selectors import shown_source, source_id, source_name
from claxson.voting.errors import VoteRefused
from claxson.voting.forms import TEXT_LENGTH, SkipForm, VoteForm
from claxson.voting.services.casting import CastVote, cast_vote
from claxson.voting.services.skipping import report, skip
from claxson.web.classify.pages import desk_of, lease_on
from claxson.web.classify.standing import standing
from claxson.web.methods import sent_from
from claxson.web.shown.answers import refusal, thanks
from claxson.web.shown.verdict import verdict
from claxson.web.source import unknown_source
from claxson.web.visitors import for_voters


@require_safe
@for_voters
@cache_control(private=True, no_cache=True)
def part(request: HttpRequest, voter: Voter, name: str) -> HttpResponse:
    """The part of the page that belongs to one source; to nobody but who was handed it."""
    source = shown_source(name)
    if source is None or lease_on(voter, source.id) is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return render(request, "classify/desk.html", desk_of(voter, source, VoteForm()))


@sent_from("classify")
@for_voters
def vote(request: HttpRequest, voter: Voter) -> HttpResponse:
    """One answer; sent again under the same key it is answered as the first time."""
    form = VoteForm(request.POST)
    if not form.is_valid():
        told = _("An answer had become incomplete on its way and could not be stored.")
        return _refused("bad_request", told, HTTPStatus.BAD_REQUEST)
    try:
        cast = cast_vote(ballot=form.ballot(), voter_id=voter.pk)
    except VoteRefused as error:
        status, sentence = refusal(error)
        return _refused(error.code, sentence, status)
    return _stored(request, voter, cast, form.cleaned_data["answer"])


@sent_from("classify_source")
@for_voters
def pass_over(request: HttpRequest, voter: Voter, name: str) -> HttpResponse:
    """Skip a source, with a report of what is wrong with it or without."""
    source = source_id(name)
    if source is None:
        return unknown_source(request, name)
    form = SkipForm(request.POST)
    if not form.is_valid():
        told = _("Please say what is wrong, in %(n)d characters at most.") % {"n": TEXT_LENGTH}
        return _told(request, told, HTTPStatus.BAD_REQUEST, name)
    try:
        return _told(request, _passed_over(voter, source, name, form), HTTPStatus.OK)
    except VoteRefused as error:
        status, sentence = refusal(error)
        return _told(request, str(sentence), status, name)


def _passed_over(voter: Voter, source: int, name: str, form: SkipForm) -> str:
    if form.cleaned_data["report"]:
        reason, text = form.cleaned_data["reason"], form.cleaned_data["text"]
        report(voter=voter, source_id=source, reason=reason, text=text)
        return _("Thank you: somebody will look at what is wrong with %(name)s.") % {"name": name}
    skip(voter=voter, source_id=source)
    return _("You passed over %(name)s; somebody else will look at it.") % {"name": name}


def _told(request: HttpRequest, told: str, status: HTTPStatus, back_to: str = "") -> HttpResponse:
    """To the script in its answer, to a page on the next one."""
    if not request.accepts("text/html"):
        return JsonResponse({"told": told}, status=status)
    say = messages.success if status == HTTPStatus.OK else messages.error
    say(request, told)
    return redirect("classify_source", name=back_to) if back_to else redirect("classify")


def _stored(request: HttpRequest, voter: Voter, cast: CastVote, answer: str) -> JsonResponse:
    name = source_name(cast.source_id)
    told = {"told": thanks(name, cast), "may_undo": not cast.gold_class}
    seen = verdict(name, answer, cast.gold_class) if cast.gold_class else None
    pieces = {
        "told": render_to_string("classify/told.html", told, request),
        "standing": render_to_string("classify/standing.html", standing(request, voter), request),
        "verdict": render_to_string("classify/verdict.html", {"verdict": seen}, request) if seen else "",
    }
    return JsonResponse(pieces)


def _refused(code: str, told: Promise | str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"code": code, "told": told}, status=status)
