"""Addresses that take forms alone: whoever opens one is led to the page its form is on.

A page that is rendered from a form stands at the form's address, and so do its links to other languages, its
reload, and a bookmark of it.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

View = Callable[..., HttpResponse]
PageOf = Callable[..., str]


def sent_from(page: str | PageOf) -> Callable[[View], View]:
    """For POST alone; `page` names the page of the form, or finds its address from what the address says."""

    def decorated(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method in ("GET", "HEAD"):
                return redirect(_address_of(page, kwargs))
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

        wrapped.sent_from = page  # type: ignore[attr-defined]
        return wrapped

    return decorated


def page_address(request: HttpRequest) -> str:
    """Of the page somebody has before them: where it came from a form, the address of the form's own page."""
    match = request.resolver_match
    page = getattr(match.func, "sent_from", None) if match else None
    return _address_of(page, match.kwargs) if match and page else request.get_full_path()


def _address_of(page: str | PageOf, kwargs: dict[str, Any]) -> str:
    if callable(page):
        return page(**kwargs)
    try:
        return reverse(page, kwargs=kwargs)
    except NoReverseMatch:  # a page that does not depend on what was sent to
        return reverse(page)


class NotAllowedPages:
    """A refused method is told in the site's layout, as what is not found is; the API has its own."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.path_info.startswith("/api/"):
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page
