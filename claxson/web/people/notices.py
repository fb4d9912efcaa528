"""What became of the sources somebody answered for, as it happens; also without an account."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from claxson.voting.selectors import notices_of
from claxson.voting.telling.notices import mark_read
from claxson.web.methods import sent_from
from claxson.web.people.news import news
from claxson.web.visitors import known_voter

PER_PAGE = 30


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    voter = known_voter(request)
    page = Paginator(notices_of(voter), PER_PAGE).get_page(request.GET.get("page")) if voter else None
    context = {"page": page, "news": [news(notice) for notice in page or []]}
    return render(request, "me/notices.html", context)


@sent_from("notices")
def read(request: HttpRequest) -> HttpResponse:
    """Sent by the page itself once it is open, or by a button."""
    voter = known_voter(request)
    if voter:
        mark_read(voter=voter)
    return redirect("notices")
