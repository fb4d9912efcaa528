"""Everything known of one source."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claxson.catalogue.selectors import ShownSource, shown_source
from claxson.community.selectors import has_simulated_votes
from claxson.learning.selectors import prediction_of
from claxson.voting.models import Label
from claxson.voting.selectors import VoteState, vote_state
from claxson.web.shown.facts import clues, measurements, position
from claxson.web.shown.observations import observations
from claxson.web.shown.shares import answer_bars, class_bars


def source(request: HttpRequest, name: str) -> HttpResponse:
    found = shown_source(name)
    if found is None:
        return unknown_source(request, name)
    return render(request, "source/source.html", _page(found))


def unknown_source(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "404.html", {"unknown_source": name}, status=HTTPStatus.NOT_FOUND)


def _page(found: ShownSource) -> dict[str, Any]:
    prediction = prediction_of(found.id)
    return {
        "source": found,
        "position": position(found.ra_deg, found.dec_deg),
        "clues": clues(found.features),
        "measurements": measurements(found.features),
        "observations": observations(found),
        "prediction": prediction,
        "probabilities": class_bars(prediction.probabilities) if prediction else [],
        "label": Label.objects.filter(pk=found.id).first(),
        **_crowd(found, vote_state(found.id)),
    }


def _crowd(found: ShownSource, state: VoteState | None) -> dict[str, Any]:
    consensus = state.consensus if state else None
    return {
        "state": state,
        "consensus": consensus,
        "shares": answer_bars(consensus.shares) if consensus else [],
        "agreement_percent": 100 * consensus.agreement if consensus else None,
        "simulated_votes": has_simulated_votes(found.id),
    }
