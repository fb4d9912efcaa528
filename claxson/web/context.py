"""What every page may need."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

from claxson.catalogue.selectors import has_simulated_sources


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    href: str


def site(request: HttpRequest) -> dict[str, Any]:
    """`simulated_site`: pages say where what they show was simulated; `mail`: whether the site sends any."""
    return {
        "simulated_site": has_simulated_sources(),
        "language_links": language_links(request),
        "mail": bool(settings.EMAIL_HOST),
    }


def language_links(request: HttpRequest) -> list[LanguageLink]:
    """An address without a language of its own (an unknown page) leads to that language's front page."""
    here = request.get_full_path()
    return [LanguageLink(code, name, _in_language(here, code)) for code, name in settings.LANGUAGES]


def _in_language(path: str, code: str) -> str:
    translated = translate_url(path, code)
    return translated if translated.startswith(f"/{code}/") else f"/{code}/"
