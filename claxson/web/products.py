"""Product files, addressed by the hash of their content, so that a browser may keep them for ever."""

from django.http import Http404, HttpRequest, HttpResponse

from claxson.catalogue.selectors import media_type_of
from claxson.catalogue.store import stored_path

YEAR_S = 31_536_000


def product(request: HttpRequest, sha256: str) -> HttpResponse:
    media_type = media_type_of(sha256)
    path = stored_path(sha256)
    if media_type is None or not path.is_file():
        raise Http404("no such product")
    # Whole, not streamed: products are small.
    response = HttpResponse(path.read_bytes(), content_type=media_type)
    response["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response
