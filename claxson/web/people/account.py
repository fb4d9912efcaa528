"""One's own data: handed out, or erased."""

from http import HTTPStatus

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from claxson.accounts.models import User
from claxson.accounts.visitors import forget, signed_in
from claxson.community.privacy import export_everything
from claxson.voting.privacy.erasure import erase_person


class EraseForm(forms.Form):
    """Only who knows the password may erase the account, even at a computer left alone."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, user: User) -> None:
        super().__init__(data=request.POST if request.method == "POST" else None)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.user):
            raise forms.ValidationError(_("Too many attempts; try again in a minute."))
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return _page(request, EraseForm(request, _person(request)))


@require_POST
@login_required
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """Made at once, never kept."""
    packed = export_everything(user=_person(request))
    disposition = {"Content-Disposition": 'attachment; filename="claxson.zip"'}
    return HttpResponse(packed, content_type="application/zip", headers=disposition)


@require_POST
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    form = EraseForm(request, user)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    logout(request)
    erase_person(user=user)
    messages.success(request, gettext("Your account is erased. Thank you for every source you looked at."))
    response = redirect("home")
    forget(response)
    return response


def _page(request: HttpRequest, form: EraseForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "account/privacy.html", {"form": form}, status=status)


def _person(request: HttpRequest) -> User:
    user = signed_in(request)
    if user is None:
        raise LookupError("nobody is logged in")
    return user
