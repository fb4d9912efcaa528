"""Pages that need a voter, with an account or without, and pages for people with an account."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from claxson.accounts.models import User, Voter
from claxson.accounts.visitors import forget, remember, signed_in, visitor, visitor_id
from claxson.voting.errors import TooFast, UnknownVoter
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


def for_people(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view who is logged in; whoever is not comes back, once they are, to where they were."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if user is None:
            return redirect_to_login(_before(request))
        return view(request, user, *args, **kwargs)

    return wrapped


def known_voter(request: HttpRequest) -> Voter | None:
    """Who this browser is already; nobody becomes a voter by looking at a page."""
    user = signed_in(request)
    return Voter.objects.filter(user=user).first() if user else visitor(request)


def _before(request: HttpRequest) -> str:
    """A page that can be opened: this one, or the one from which something was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if ours else reverse("home")
