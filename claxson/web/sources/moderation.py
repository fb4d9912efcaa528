"""The moderators' page: comments that nobody has looked at yet, and those that were hidden."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claxson.accounts.models import User
from claxson.community.comments import hide, may_moderate, show
from claxson.community.errors import Refused
from claxson.community.models import REASON_LENGTH
from claxson.community.reading import hidden_comments, unseen_comments
from claxson.web.methods import sent_from
from claxson.web.sources.forms import DecisionForm
from claxson.web.visitors import for_people

PER_PAGE = 30


@require_safe
@for_people
def moderation(request: HttpRequest, user: User) -> HttpResponse:
    return _page(request, user)


@sent_from("moderation")
@for_people
def decide(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, user, status=HTTPStatus.BAD_REQUEST, without_reason=pk)
    try:
        messages.success(request, _decided(user, pk, **form.cleaned_data))
    except Refused:
        messages.error(request, _("Its author has withdrawn this comment."))
    return redirect("moderation")


def _decided(user: User, pk: int, *, decision: str, reason: str) -> str:
    if decision == "show":
        show(moderator=user, comment_id=pk)
        return _("Everybody can read the comment.")
    hide(moderator=user, comment_id=pk, reason=reason)
    return _("The comment is hidden; its author reads why.")


def _page(request: HttpRequest, user: User, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
    if not may_moderate(user):
        raise PermissionDenied
    context = {
        "unseen": Paginator(unseen_comments(), PER_PAGE).get_page(request.GET.get("page")),
        "hidden": hidden_comments(),
        "reason_length": REASON_LENGTH,
        **more,
    }
    return render(request, "comments/moderation.html", context, status=status)
