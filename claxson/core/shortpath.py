"""Requests that need no session, language, account or page go to their view without what prepares these."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., HttpResponse])
PREFIX = "/api/"


def short_path(view: View) -> View:
    """Mark a view of the API that needs nothing but its request; it answers for its own failures."""
    view.short_path = True  # type: ignore[attr-defined]
    return view


class ShortPath:
    """Stands behind what adds security headers, and before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _marked(request.path_info)
        if view is None:
            return self.get_response(request)
        request.get_host()  # refuses a foreign host name, as the longer path does
        response = view(request)
        response["Content-Length"] = str(len(response.content))
        return response


def _marked(path: str) -> Callable[[HttpRequest], HttpResponse] | None:
    if not path.startswith(PREFIX):
        return None
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return view if getattr(view, "short_path", False) else None
