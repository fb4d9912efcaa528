"""One's own page: level, success, skill, habits, what became of one's sources; also without an account."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claxson.accounts.models import Voter
from claxson.accounts.visitors import signed_in
from claxson.community.comments import may_moderate
from claxson.community.reading import collections_of
from claxson.community.selectors import standing_of
from claxson.tutorial.selectors import progress_of
from claxson.voting.models import VoterRecord
from claxson.voting.selectors import answers_of, gold_counts, skill_of
from claxson.voting.services.preferences import GOALS, prefer
from claxson.web.methods import sent_from
from claxson.web.people.zones import zones_by_region
from claxson.web.shown.outcomes import outcome
from claxson.web.shown.skill import skills, success
from claxson.web.visitors import for_voters, known_voter

PER_PAGE = 20
OFFER_AFTER = 5


class PreferenceForm(forms.Form):
    """The daily goal and the time zone; what may be chosen is the service's to say."""

    daily_goal = forms.IntegerField(min_value=0)
    time_zone = forms.CharField(max_length=40)
    named = forms.BooleanField(required=False)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    voter = known_voter(request)
    work = _page(request, voter) if voter else {"nobody": True}
    return render(request, "me/me.html", work | _kept(request))


@sent_from("me")
@for_voters
def preferences(request: HttpRequest, voter: Voter) -> HttpResponse:
    form = PreferenceForm(request.POST)
    if not _stored(form, voter):
        refused = {**_page(request, voter), **_kept(request), "refused": True}
        return render(request, "me/me.html", refused, status=HTTPStatus.BAD_REQUEST)
    messages.success(request, _("Your settings are saved."))
    return redirect("me")


def _stored(form: PreferenceForm, voter: Voter) -> bool:
    if not form.is_valid():
        return False
    try:
        prefer(voter, **form.cleaned_data)
    except ValueError:
        return False
    return True


def _page(request: HttpRequest, voter: Voter) -> dict[str, Any]:
    record = VoterRecord.objects.filter(voter=voter).first() or VoterRecord(voter=voter)
    # Pages of places: the record has counted the answers, and nobody walks through them to do so again.
    page = Paginator(range(record.n_votes), PER_PAGE).get_page(request.GET.get("page"))
    first = (page.number - 1) * PER_PAGE
    counts = gold_counts(voter)
    return {
        "record": record,
        "standing": standing_of(voter),
        "progress": progress_of(voter),
        "success": success(record.n_right, record.n_gold),
        "skills": skills(skill_of(voter.pk), counts) if counts else [],
        "answers": page,
        "outcomes": [outcome(vote) for vote in answers_of(voter, first, first + PER_PAGE)],
        "offer": signed_in(request) is None and record.n_votes >= OFFER_AFTER,
        "goals": GOALS,
        "regions": zones_by_region(record.time_zone),
    }


def _kept(request: HttpRequest) -> dict[str, Any]:
    """What somebody with an account keeps, and may do."""
    user = signed_in(request)
    if user is None:
        return {}
    return {"collections": collections_of(user), "moderates": may_moderate(user)}
