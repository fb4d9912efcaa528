"""The front page, whose counters stay true while it is open."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from claxson.community import selectors
from claxson.community.selectors import Counters

SHOWN_VOTERS = 10
# However many have the page open, each process counts no more often than this.
FRESH_S = 15


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {"counters": selectors.counters(), "standings": selectors.leaderboard(SHOWN_VOTERS)}
    return render(request, "home/home.html", context)


@require_safe
@cache_control(public=True, max_age=FRESH_S)
def counters(request: HttpRequest) -> JsonResponse:
    """As the page writes them, in its language."""
    counted: Counters = (
        cache.get_or_set("claxson.counters", selectors.counters, FRESH_S) or selectors.counters()
    )
    shown = {"votes": counted.n_votes, "open": counted.n_open, "decided": counted.n_consensus}
    return JsonResponse({name: number_format(n, force_grouping=True) for name, n in shown.items()})
