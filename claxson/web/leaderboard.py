"""Who classified how much, and how well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claxson.accounts.models import Voter
from claxson.community import selectors
from claxson.community.periods import Period

SHOWN_VOTERS = 20
AT_A_GLANCE = 10  # who is not among the first of them is shown their own place above the board
PERIODS = ((Period.ALL, _("All time")), (Period.MONTH, _("This month")), (Period.WEEK, _("This week")))


def leaderboard(request: HttpRequest) -> HttpResponse:
    period = Period.named(request.GET.get("period", ""))
    since = period.since(timezone.now().date())
    standings = selectors.leaderboard(SHOWN_VOTERS, since)
    own = _voter(request)
    in_sight = own is None or own.user_id in {one.user_id for one in standings[:AT_A_GLANCE]}
    context = {
        "standings": standings,
        "shown": SHOWN_VOTERS,
        "near": [] if own is None or in_sight else selectors.near(own, since),
        "period": period,
        "periods": PERIODS,
    }
    return render(request, "leaderboard/leaderboard.html", context)


def _voter(request: HttpRequest) -> Voter | None:
    return Voter.objects.filter(user=request.user).first() if request.user.is_authenticated else None
