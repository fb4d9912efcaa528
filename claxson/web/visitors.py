"""Pages that need a voter, with an account or without."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claxson.accounts.models import User
from claxson.accounts.visitors import forget, remember, signed_in, visitor_id
from claxson.voting.errors import TooFast
from claxson.voting.services.newcomers import voter_of_request


def person(request: HttpRequest) -> User:
    """Whose page this is; for views behind a log-in."""
    user = signed_in(request)
    if user is None:
        raise LookupError("nobody is logged in")
    return user


def for_voters(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view its voter; a visitor's browser remembers theirs until it has an account."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            voter = voter_of_request(request)
        except TooFast as error:
            context = {"error": error}
            return render(request, "classify/too_fast.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response = view(request, voter, *args, **kwargs)
        if signed_in(request) is None:
            remember(response, voter)
        elif visitor_id(request) is not None:
            forget(response)
        return response

    return wrapped
