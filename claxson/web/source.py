"""Everything known of one source; what others say of it only where that can no longer sway an answer."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from claxson.accounts.models import User
from claxson.accounts.visitors import signed_in
from claxson.catalogue.search import named_like
from claxson.catalogue.selectors import ShownSource, shown_source
from claxson.community.comments import may_moderate
from claxson.community.reading import comments_on, shelves
from claxson.community.selectors import first_voters, has_simulated_votes
from claxson.learning.reasons import reasons_for
from claxson.learning.selectors import prediction_of
from claxson.voting.models import Label
from claxson.voting.oversight.review import REVIEWERS
from claxson.voting.selectors import VoteState, gold_role, may_be_told_of, vote_state
from claxson.web.shown.facts import clues, measurements, position
from claxson.web.shown.history import history
from claxson.web.shown.observations import observations
from claxson.web.shown.shares import answer_bars, class_bars
from claxson.web.sources.forms import CommentForm
from claxson.web.sources.reasons import why
from claxson.web.visitors import known_voter


def source(request: HttpRequest, name: str) -> HttpResponse:
    """A name that differs in case or spaces alone leads to the source's page."""
    found = shown_source(name)
    if found is not None:
        return source_page(request, found, CommentForm())
    meant = named_like(name)
    return redirect("source", name=meant) if meant else unknown_source(request, name)


def source_page(
    request: HttpRequest, found: ShownSource, form: CommentForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """`form`: a comment that is begun, or could not be stored."""
    user = signed_in(request)
    told = is_told(request, found.id)
    context = {
        "source": found,
        "position": position(found.ra_deg, found.dec_deg),
        "clues": clues(found.features),
        "measurements": measurements(found.features),
        "observations": observations(found),
        "history": history(found.history),
        "role": gold_role(found.id),
        "told": told,
        "shelves": shelves(user, found.id) if user else [],
        **_crowd(found, vote_state(found.id)),
        **(_others(found, user, form) if told else {}),
    }
    return render(request, "source/source.html", context, status=status)


def unknown_source(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "404.html", {"unknown_source": name}, status=HTTPStatus.NOT_FOUND)


def is_told(request: HttpRequest, source_id: int) -> bool:
    """Astronomers review what the crowd says, and must see the rest beside it."""
    user = signed_in(request)
    reviews = user is not None and user.role in REVIEWERS
    return reviews or may_be_told_of(source_id, known_voter(request))


def _others(found: ShownSource, user: User | None, form: CommentForm) -> dict[str, Any]:
    """What the classifier, the literature and other people say."""
    prediction = prediction_of(found.id)
    reasons = reasons_for(found.features, prediction.model) if prediction else None
    return {
        "prediction": prediction,
        "probabilities": class_bars(prediction.probabilities) if prediction else [],
        "why": why(reasons, found.features) if reasons else None,
        "label": Label.objects.filter(pk=found.id).first(),
        "comments": comments_on(found.id, user),
        "form": form,
        "moderates": may_moderate(user),
    }


def _crowd(found: ShownSource, state: VoteState | None) -> dict[str, Any]:
    consensus = state.consensus if state else None
    return {
        "state": state,
        "consensus": consensus,
        "shares": answer_bars(consensus.shares) if consensus else [],
        "agreement_percent": 100 * consensus.agreement if consensus else None,
        "first_voters": first_voters(found.id, consensus.answer) if consensus else [],
        "simulated_votes": has_simulated_votes(found.id),
    }
