"""One's own data, handed out or erased: of an account, or of a visitor whom a cookie alone knows."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from claxson.accounts.models import User, Voter
from claxson.accounts.visitors import forget, signed_in, visitor
from claxson.community.privacy import export_everything
from claxson.voting.privacy.erasure import erase_person, erase_visitor
from claxson.voting.privacy.export import export_visitor
from claxson.web.methods import sent_from
from claxson.web.people.passwords import PasswordForm


class ForgetForm(forms.Form):
    """A visitor has no password: whoever sits at the browser says that they are sure."""

    sure = forms.BooleanField(
        label=_("I am sure"), error_messages={"required": _("Tick the box if you are sure.")}
    )


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    return _page(request, PasswordForm(request, user) if user else ForgetForm())


@sent_from("account")
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """Made at once, never kept."""
    user, voter = signed_in(request), visitor(request)
    if user:
        return _file(export_everything(user=user))
    return _file(export_visitor(voter=voter)) if voter else redirect("account")


def _file(packed: bytes) -> HttpResponse:
    disposition = {"Content-Disposition": 'attachment; filename="claxson.zip"'}
    return HttpResponse(packed, content_type="application/zip", headers=disposition)


@sent_from("account")
def erase(request: HttpRequest) -> HttpResponse:
    user, voter = signed_in(request), visitor(request)
    if user:
        return _erase_account(request, user)
    return _forget_visitor(request, voter) if voter else redirect("account")


def _erase_account(request: HttpRequest, user: User) -> HttpResponse:
    form = PasswordForm(request, user)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    logout(request)
    erase_person(user=user)
    return _farewell(request, gettext("Your account is erased. Thank you for every source you looked at."))


def _forget_visitor(request: HttpRequest, voter: Voter) -> HttpResponse:
    form = ForgetForm(request.POST)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    request.session.flush()
    erase_visitor(voter=voter)
    return _farewell(
        request,
        gettext("What was kept about you is erased. Thank you for every source you looked at."),
    )


def _farewell(request: HttpRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    response = redirect("home")
    forget(response)
    return response


def _page(request: HttpRequest, form: forms.Form, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    nobody = signed_in(request) is None and visitor(request) is None
    return render(request, "account/privacy.html", {"form": form, "nobody": nobody}, status=status)
