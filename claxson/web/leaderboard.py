"""Who classified how much, and how well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claxson.community import selectors

SHOWN_VOTERS = 100


def leaderboard(request: HttpRequest) -> HttpResponse:
    return render(request, "leaderboard/leaderboard.html", {"standings": selectors.leaderboard(SHOWN_VOTERS)})
