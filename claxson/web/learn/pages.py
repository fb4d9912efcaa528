"""Pages of text: what the project is, who makes it, what happens with people's data."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claxson.voting.models import CONSENSUS_VOTES
from claxson.voting.rules.training import RIGHT, WINDOW


def presentation(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/presentation.html", {"needed": CONSENSUS_VOTES})


def project(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/project.html")


def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html")


def astronomers(request: HttpRequest) -> HttpResponse:
    context = {"needed": CONSENSUS_VOTES, "right": RIGHT, "window": WINDOW}
    return render(request, "pages/astronomers.html", context)


def contact(request: HttpRequest) -> HttpResponse:
    """The operator's address is a setting: a mail address or the address of a page, or none."""
    address = settings.OPERATOR_CONTACT
    href = f"mailto:{address}" if "@" in address and "/" not in address else address
    return render(request, "pages/contact.html", {"address": address, "href": href})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html")
