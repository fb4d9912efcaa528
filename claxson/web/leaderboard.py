"""Who classified how much, and how well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claxson.accounts.visitors import signed_in
from claxson.community.periods import Period
from claxson.community.selectors import board

SHOWN_VOTERS = 20
AT_A_GLANCE = 10  # who is not among the first of them is shown their own place above the board
PERIODS = ((Period.ALL, _("All time")), (Period.MONTH, _("This month")), (Period.WEEK, _("This week")))


def leaderboard(request: HttpRequest) -> HttpResponse:
    period = Period.named(request.GET.get("period", ""))
    since = period.since(timezone.now().date())
    user = signed_in(request)
    found = board(SHOWN_VOTERS, since, user)
    in_sight = user is not None and user.pk in {one.user_id for one in found.top[:AT_A_GLANCE]}
    context = {
        "standings": found.top,
        "shown": SHOWN_VOTERS,
        "near": [] if in_sight else found.near,
        "period": period,
        "periods": PERIODS,
    }
    return render(request, "leaderboard/leaderboard.html", context)
