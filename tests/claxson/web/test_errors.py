import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from claxson import urls


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [*urls.urlpatterns, path("forbidden", forbidden), path("broken", broken)]


@pytest.fixture
def site(settings: object, client: Client, db: None) -> Client:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/en/nowhere/", 404, "Page not found"),
        ("/forbidden", 403, "Not allowed"),
        ("/broken", 500, "Something went wrong"),
    ],
)
def test_errors_have_a_page_in_the_sites_layout(site: Client, address: str, status: int, title: str) -> None:
    page = site.get(address)
    assert page.status_code == status
    assert f"<h1>{title}</h1>" in page.text
    assert "Based on observations obtained with XMM-Newton" in page.text


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    page = Client(enforce_csrf_checks=True).post("/en/accounts/login/", {"login": "a", "password": "b"})
    assert page.status_code == 403
    assert "This form had expired" in page.text
