"""One source, one question, one answer."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claxson.accounts.models import Voter
from claxson.accounts.visitors import marker
from claxson.catalogue.selectors import ShownSource, shown_source, source_id
from claxson.core.classes import Answer
from claxson.voting.errors import VoteRefused
from claxson.voting.forms import COMMENT_LENGTH, TEXT_LENGTH, VoteForm
from claxson.voting.models import ProblemReport
from claxson.voting.selectors import comment_taken_back, vote_by, vote_state
from claxson.voting.services.casting import cast_vote
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.leasing import HeldLease, end_training, hand_out, held_by
from claxson.voting.services.withdrawal import undo_last
from claxson.web.classify.standing import TRAINING, standing
from claxson.web.classify.texts import spoken
from claxson.web.methods import sent_from
from claxson.web.shown.answers import refusal, thanks
from claxson.web.shown.facts import clues, measurements
from claxson.web.shown.history import history
from claxson.web.shown.observations import observations
from claxson.web.shown.verdict import Verdict, verdict
from claxson.web.source import unknown_source
from claxson.web.visitors import for_voters

VERDICT = "verdict"
TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class Desk:
    """Who sits before which source, with what filled in and what went wrong."""

    name: str
    voter: Voter
    form: VoteForm
    refused: Promise | str = ""


@require_safe
@for_voters
def next_source(request: HttpRequest, voter: Voter) -> HttpResponse:
    """On to the source this voter is handed; said plainly where there is none left."""
    training = bool(request.session.get(TRAINING))
    held = hand_out(voter=voter, training=training)
    if not held:
        context = {**standing(request, voter), **_script(voter), "verdict": _verdict(request)}
        return render(request, "classify/nothing_left.html", context)
    return redirect("classify_source", name=held[0].source_name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_voters
def classify(request: HttpRequest, voter: Voter, name: str) -> HttpResponse:
    if request.method == "POST":
        return _vote(request, Desk(name, voter, VoteForm(request.POST)))
    return _page(request, Desk(name, voter, VoteForm(initial=_written(request, name))))


@sent_from("classify")
@for_voters
def undo(request: HttpRequest, voter: Voter) -> HttpResponse:
    """Back to the source of the last answer, with what was written beside it."""
    try:
        held = undo_last(voter=voter)
    except VoteRefused as error:
        messages.error(request, str(refusal(error)[1]))
        return redirect("classify")
    request.session[TAKEN_BACK] = [held.source_name, comment_taken_back(voter, held.source_id)]
    messages.success(
        request, _("Taken back. You can answer for %(name)s again.") % {"name": held.source_name}
    )
    return redirect("classify_source", name=held.source_name)


@sent_from("classify")
@for_voters
def training(request: HttpRequest, voter: Voter) -> HttpResponse:
    """The switch: sources that teach, or sources that wait for answers."""
    on = request.POST.get("on") == "on"
    request.session[TRAINING] = on
    if not on:
        end_training(voter=voter)
    return redirect("classify")


def desk_of(voter: Voter, source: ShownSource, form: VoteForm) -> dict[str, Any]:
    """What the source's part of the page shows: the evidence, and the ballot of who holds its lease."""
    asked = question_in_force().answers
    return {
        "source": source,
        "clues": (shown := clues(source.features)),
        "facts": [*shown, *measurements(source.features)],
        "observations": observations(source),
        "history": history(source.history),
        "lease": lease_on(voter, source.id),
        "form": form,
        "answers": [choice for choice in Answer.choices if choice[0] in asked],
        "comment_length": COMMENT_LENGTH,
        "reasons": ProblemReport.Reason.choices,
        "text_length": TEXT_LENGTH,
    }


def lease_on(voter: Voter, source: int) -> HeldLease | None:
    return next((held for held in held_by(voter) if held.source_id == source), None)


def _vote(request: HttpRequest, desk: Desk) -> HttpResponse:
    if source_id(desk.name) is None:
        return unknown_source(request, desk.name)
    if not desk.form.is_valid():
        return _page(request, desk, HTTPStatus.BAD_REQUEST)
    try:
        cast = cast_vote(ballot=desk.form.ballot(), voter_id=desk.voter.pk)
    except VoteRefused as error:
        status, sentence = refusal(error)
        return _page(request, replace(desk, form=desk.form.renewed(), refused=sentence), status)
    if cast.gold_class:
        request.session[VERDICT] = [desk.name, desk.form.cleaned_data["answer"], cast.gold_class]
    if told := thanks(desk.name, cast):
        messages.success(request, told, extra_tags="" if cast.gold_class else "undo")
    return redirect("classify")


def _verdict(request: HttpRequest) -> Verdict | None:
    """Of the answer before this page; told once."""
    answered = request.session.pop(VERDICT, None)
    return verdict(*answered) if answered else None


def _written(request: HttpRequest, name: str) -> dict[str, str]:
    """The comment of an answer that was taken back, once; the answer itself is to be chosen anew."""
    source, comment = request.session.pop(TAKEN_BACK, ("", ""))
    return {"comment": comment} if source == name else {}


def _script(voter: Voter) -> dict[str, Any]:
    """What the page's script needs to know."""
    return {"marker": marker(voter), "spoken": spoken()}


def _page(request: HttpRequest, desk: Desk, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    source = shown_source(desk.name)
    if source is None:
        return unknown_source(request, desk.name)
    context: dict[str, Any] = {
        **desk_of(desk.voter, source, desk.form),
        **standing(request, desk.voter),
        "verdict": _verdict(request),
        "own_vote": vote_by(desk.voter, source.id),
        "state": vote_state(source.id),
        "refused": desk.refused,
        **_script(desk.voter),
    }
    return render(request, "classify/classify.html", context, status=status)
