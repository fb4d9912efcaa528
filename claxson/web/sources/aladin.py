"""Aladin Lite, the sky atlas of the CDS: off unless the operator wants it.

It comes from a server that learns who asks: hence a page of its own, whose security policy no other page
shares, and which loads it only once somebody asks for it there.
"""

from csp.constants import NONE, SELF, UNSAFE_INLINE, WASM_UNSAFE_EVAL
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claxson.catalogue.selectors import shown_source
from claxson.web.source import unknown_source

SCRIPT = "https://aladin.cds.unistra.fr/AladinLite/api/v3/latest/aladin.js"
CDS = ["https://*.unistra.fr", "https://*.u-strasbg.fr"]

# It is drawn by WebAssembly, writes its own styles, and unpacks pictures in workers and as `blob:`.
POLICY = {
    **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "default-src": [NONE],
    "script-src": [SELF, SCRIPT, WASM_UNSAFE_EVAL],
    "worker-src": ["blob:"],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:", *CDS],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF, "data:", "blob:", *CDS],
}


@require_safe
@csp_replace(POLICY)
def aladin(request: HttpRequest, name: str) -> HttpResponse:
    if not settings.ALADIN:
        raise Http404("Aladin Lite is switched off")
    found = shown_source(name)
    if found is None or found.simulated:  # around a simulated position there is nothing of it
        return unknown_source(request, name)
    return render(request, "source/aladin.html", {"source": found, "script": SCRIPT})
