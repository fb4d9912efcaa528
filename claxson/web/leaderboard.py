"""Who classified how much, and how well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claxson.accounts.models import Voter
from claxson.community import selectors
from claxson.community.periods import Period

SHOWN_VOTERS = 100
PERIODS = ((Period.ALL, _("All time")), (Period.MONTH, _("This month")), (Period.WEEK, _("This week")))


def leaderboard(request: HttpRequest) -> HttpResponse:
    period = Period.named(request.GET.get("period", ""))
    since = period.since(timezone.now().date())
    standings = selectors.leaderboard(SHOWN_VOTERS, since)
    own = _voter(request)
    near = selectors.near(own, since) if own else []
    context = {
        "standings": standings,
        # Somebody among those shown finds themselves there.
        "near": near if {one.rank for one in near} - {one.rank for one in standings} else [],
        "period": period,
        "periods": PERIODS,
    }
    return render(request, "leaderboard/leaderboard.html", context)


def _voter(request: HttpRequest) -> Voter | None:
    return Voter.objects.filter(user=request.user).first() if request.user.is_authenticated else None
