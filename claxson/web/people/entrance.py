"""Signing up and logging in: what somebody did without an account becomes theirs, and they are told so."""

from typing import Any

from allauth.account.views import LoginView, SignupView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from claxson.accounts.adapter import AccountAdapter
from claxson.accounts.models import User, Voter
from claxson.accounts.visitors import forget, visitor
from claxson.voting.errors import UnknownVoter
from claxson.voting.selectors import n_votes_of
from claxson.voting.services.newcomers import voter_of_request


class EntranceAdapter(AccountAdapter):
    """Answers are taken over at once, whichever page comes next."""

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        if visitor(request) is not None:
            _take_over(request, user)
            forget(response)
        return response


class Beforehand:
    """What the page may promise: so many answers of this browser will be kept."""

    request: HttpRequest

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**context)  # type: ignore[misc]
        return known | {"n_answers": n_votes_of(visitor(self.request))}


class SignUp(Beforehand, SignupView):
    pass


class LogIn(Beforehand, LoginView):
    pass


def _take_over(request: HttpRequest, user: User) -> None:
    had = n_votes_of(Voter.objects.filter(user=user).first())
    try:
        n = n_votes_of(voter_of_request(request)) - had
    except UnknownVoter:  # the account was erased in another window at this moment
        return
    if n > 0:
        told = ngettext(
            "The %(n)d answer you gave before is kept: it is yours now.",
            "The %(n)d answers you gave before are kept: they are yours now.",
            n,
        )
        messages.success(request, told % {"n": n})
