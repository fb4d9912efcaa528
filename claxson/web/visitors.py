"""Pages that need a voter, with an account or without."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from claxson.accounts.visitors import forget, remember, signed_in, visitor_id
from claxson.voting.errors import TooFast, UnknownVoter
from claxson.voting.services.newcomers import voter_of_request


def for_voters(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view its voter; a visitor's browser remembers theirs until it has an account."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            voter = voter_of_request(request)
            response = view(request, voter, *args, **kwargs)
        except TooFast as error:
            context = {"error": error}
            return render(request, "classify/too_fast.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        except UnknownVoter:  # erased in another tab at this moment: they are nobody from here on
            return redirect("home")
        if signed_in(request) is None:
            remember(response, voter)
        elif visitor_id(request) is not None:
            forget(response)
        return response

    return wrapped
