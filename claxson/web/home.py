"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claxson.community import selectors

SHOWN_VOTERS = 10


def home(request: HttpRequest) -> HttpResponse:
    context = {"counters": selectors.counters(), "standings": selectors.leaderboard(SHOWN_VOTERS)}
    return render(request, "home/home.html", context)
