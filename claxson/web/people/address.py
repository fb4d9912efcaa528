"""An e-mail address, for nothing but a forgotten password: given and taken back at will."""

from http import HTTPStatus

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claxson.accounts.services import keep_address
from claxson.web.people.passwords import PasswordForm
from claxson.web.visitors import person


class AddressForm(PasswordForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Leave it empty to have it forgotten."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "password")


@login_required
def address(request: HttpRequest) -> HttpResponse:
    if not settings.EMAIL_HOST:
        raise Http404("this site sends no mail")
    user = person(request)
    form = AddressForm(request, user, initial={"email": user.email})
    if form.is_valid():
        keep_address(user=user, email=form.cleaned_data["email"])
        messages.success(request, gettext("Your e-mail address is saved."))
        return redirect("account")
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "account/address.html", {"form": form}, status=status)
