"""One's own data: handed out, or erased."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from claxson.accounts.visitors import forget
from claxson.community.privacy import export_everything
from claxson.voting.privacy.erasure import erase_person
from claxson.web.people.passwords import PasswordForm
from claxson.web.visitors import person


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return _page(request, PasswordForm(request, person(request)))


@require_POST
@login_required
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """Made at once, never kept."""
    packed = export_everything(user=person(request))
    disposition = {"Content-Disposition": 'attachment; filename="claxson.zip"'}
    return HttpResponse(packed, content_type="application/zip", headers=disposition)


@require_POST
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = PasswordForm(request, user)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    logout(request)
    erase_person(user=user)
    messages.success(request, gettext("Your account is erased. Thank you for every source you looked at."))
    response = redirect("home")
    forget(response)
    return response


def _page(request: HttpRequest, form: PasswordForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "account/privacy.html", {"form": form}, status=status)
