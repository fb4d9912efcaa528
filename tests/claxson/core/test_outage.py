from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from claxson.core.outage import DatabaseAway


def test_other_mistakes_are_left_to_the_error_page() -> None:
    middleware = DatabaseAway(lambda request: HttpResponse())
    assert middleware.process_exception(HttpRequest(), ValueError()) is None


def test_the_answer_says_when_to_try_again(db) -> None:
    response = DatabaseAway(lambda request: HttpResponse()).process_exception(
        HttpRequest(), OperationalError()
    )
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "safe" in response.text
