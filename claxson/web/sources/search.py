"""Sources found by name or position; whoever writes a whole name is led to its page."""

from http import HTTPStatus

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claxson.catalogue.positions import LONGEST, read_position
from claxson.catalogue.search import MOST, Found, beginning_with, named_like, within
from claxson.web.shown.facts import position
from claxson.web.shown.numbers import fixed

RADII = (("0.5", "30\N{DOUBLE PRIME}"), ("2", "2\N{PRIME}"), ("10", "10\N{PRIME}"), ("60", "1°"))
USUAL = "2"


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Name or position"), max_length=LONGEST)
    radius = forms.ChoiceField(choices=RADII, required=False)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    if "q" not in request.GET:
        return render(request, "sources/search.html", {"form": SearchForm(initial={"radius": USUAL})})
    form = SearchForm({"radius": USUAL} | request.GET.dict())
    if not form.is_valid():
        return render(request, "sources/search.html", {"form": form}, status=HTTPStatus.BAD_REQUEST)
    text = form.cleaned_data["q"]
    name = named_like(text)
    if name is not None:
        return redirect("source", name=name)
    return render(
        request,
        "sources/search.html",
        {"form": form} | _found(text, float(form.cleaned_data["radius"] or USUAL)),
    )


def _found(text: str, radius_arcmin: float) -> dict[str, object]:
    found = beginning_with(text, MOST + 1)
    where = None if found else read_position(text)
    if where is not None:
        found = within(where, radius_arcmin, MOST + 1)
    return {
        "asked": True,
        "around": position(where.ra_deg, where.dec_deg) if where else "",
        "found": [_row(one) for one in found[:MOST]],
        "more_than": MOST if len(found) > MOST else 0,
    }


def _row(one: Found) -> dict[str, object]:
    separation = one.separation_arcsec
    return {
        "name": one.name,
        "simulated": one.simulated,
        "position": position(one.ra_deg, one.dec_deg),
        "separation": "" if separation is None else f"{fixed(separation, 1)}\N{DOUBLE PRIME}",
    }
