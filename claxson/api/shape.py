"""JSON in, JSON out, and one shape for everything that is wrong."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse

from claxson.core.errors import ClaxsonError
from claxson.core.outage import RETRY_AFTER_S
from claxson.voting import errors

F = TypeVar("F", bound=Form)
View = Callable[[HttpRequest], HttpResponse]

STATUS = {
    errors.ForgedLease.code: HTTPStatus.FORBIDDEN,
    errors.UnknownSource.code: HTTPStatus.NOT_FOUND,
    errors.UnknownAnswer.code: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooFast.code: HTTPStatus.TOO_MANY_REQUESTS,
}


class BadRequest(ClaxsonError):
    """The body is no JSON object, or a field of it cannot be read."""

    code = "bad_request"

    def __init__(self, message: str, fields: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class DatabaseUnreachable(ClaxsonError):
    """Nothing was stored by this request, or it was and the same request again says so."""

    code = "database_unreachable"
    permanent = False

    def __init__(self) -> None:
        super().__init__("The database cannot be reached; send the same request again.")


def answers_json(view: Callable[[HttpRequest], dict[str, Any]]) -> View:
    """A view that returns a dictionary and raises what is wrong."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        try:
            return JsonResponse(view(request))
        except BadRequest as error:
            return _refusal(error, HTTPStatus.BAD_REQUEST, fields=error.fields)
        except errors.TooFast as error:
            response = _refusal(error, STATUS[error.code])
            response["Retry-After"] = str(error.retry_after_s)
            return response
        except ClaxsonError as error:
            return _refusal(error, STATUS.get(error.code, HTTPStatus.CONFLICT))
        except (OperationalError, InterfaceError):
            response = _refusal(DatabaseUnreachable(), HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = str(RETRY_AFTER_S)
            return response

    return wrapped


def _refusal(error: ClaxsonError, status: HTTPStatus, **more: Any) -> JsonResponse:
    return JsonResponse({"error": {"code": error.code, "message": error.message, **more}}, status=status)


def read(request: HttpRequest, form_class: type[F]) -> F:
    """The checked form of a JSON body."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise BadRequest("The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    form = form_class(data=body)
    if not form.is_valid():
        raise BadRequest("A field is missing or cannot be read.", form.errors.get_json_data())
    return form
