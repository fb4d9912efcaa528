"""Who classified how much, and how well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claxson.accounts.visitors import signed_in
from claxson.community.periods import Period
from claxson.community.selectors import board

SHOWN_VOTERS = 100
PERIODS = ((Period.ALL, _("All time")), (Period.MONTH, _("This month")), (Period.WEEK, _("This week")))


def leaderboard(request: HttpRequest) -> HttpResponse:
    period = Period.named(request.GET.get("period", ""))
    since = period.since(timezone.now().date())
    found = board(SHOWN_VOTERS, since, signed_in(request))
    context = {
        "standings": found.top,
        # Somebody among those shown finds themselves there.
        "near": found.near if {one.rank for one in found.near} - {one.rank for one in found.top} else [],
        "period": period,
        "periods": PERIODS,
    }
    return render(request, "leaderboard/leaderboard.html", context)
