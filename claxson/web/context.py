"""What every page may need."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

from claxson.accounts.models import Voter
from claxson.accounts.visitors import signed_in, visitor_id
from claxson.catalogue.selectors import has_simulated_sources
from claxson.voting.selectors import n_unread
from claxson.web.methods import page_address


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    href: str


def site(request: HttpRequest) -> dict[str, Any]:
    """`simulated_site`: pages say where what they show was simulated; `mail`: whether the site sends any;
    `aladin`: whether the sky atlas of the CDS is offered."""
    return {
        "simulated_site": has_simulated_sources(),
        "language_links": language_links(request),
        "unread_notices": partial(unread_notices, request),
        "mail": bool(settings.EMAIL_HOST),
        "aladin": settings.ALADIN,
    }


def unread_notices(request: HttpRequest) -> int | None:
    """None where nobody is known who could have any; asked only by pages with a header."""
    user, visitor = signed_in(request), visitor_id(request)
    if user is not None:
        return n_unread(Voter.objects.filter(user=user))
    return n_unread(Voter.objects.filter(pk=visitor, user=None)) if visitor else None


def language_links(request: HttpRequest) -> list[LanguageLink]:
    """An address without a language of its own (an unknown page) leads to that language's front page."""
    here = page_address(request)
    return [LanguageLink(code, name, _in_language(here, code)) for code, name in settings.LANGUAGES]


def _in_language(path: str, code: str) -> str:
    translated = translate_url(path, code)
    return translated if translated.startswith(f"/{code}/") else f"/{code}/"
