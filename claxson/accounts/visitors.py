"""Who sits in front of a browser: somebody with an account, or a visitor known by a signed cookie alone."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from claxson.accounts.models import User, Voter

COOKIE = "claxson_voter"
YEAR_S = 365 * 24 * 3600


def visitor_id(request: HttpRequest) -> UUID | None:
    """The voter this browser was before anybody logged in; None for a new one, or a foreign cookie."""
    try:
        return UUID(request.get_signed_cookie(COOKIE, default="", max_age=YEAR_S))
    except ValueError:
        return None


def visitor(request: HttpRequest) -> Voter | None:
    """The anonymous voter of this browser."""
    known = visitor_id(request)
    return Voter.objects.filter(pk=known, user=None).first() if known else None


def signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def remember(response: HttpResponse, voter: Voter) -> None:
    """The cookie says who the voter is and nothing else; it is needed for what the visitor asked for."""
    response.set_signed_cookie(
        COOKIE, voter.pk.hex, max_age=YEAR_S, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def marker(voter: Voter) -> str:
    """Tells a browser one voter's work from another's, and nobody who they are."""
    return salted_hmac("claxson.accounts.marker", voter.pk.hex).hexdigest()[:16]
