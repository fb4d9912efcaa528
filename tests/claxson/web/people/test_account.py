import io
import json
import zipfile

import pytest
from django.core.cache import cache
from django.test import Client

from claxson.accounts.models import User
from claxson.voting.models import Vote

PASSWORD = {"password": "look-at-the-sky"}


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "export/", "erase/"])
def test_only_who_is_logged_in_has_data(client: Client, path: str) -> None:
    page = client.post(f"/en/account/{path}") if path else client.get("/en/account/")
    assert page["Location"].startswith("/en/accounts/login/")


def test_the_page_leads_to_both_and_ones_own_page_leads_there(volunteer: Client) -> None:
    page = volunteer.get("/en/account/").text
    assert 'action="/en/account/export/"' in page
    assert 'action="/en/account/erase/"' in page
    assert '<a href="/en/account/">' in volunteer.get("/en/me/").text


def test_ones_data_come_as_a_file_at_once(volunteer: Client) -> None:
    page = volunteer.post("/en/account/export/")
    assert (page["Content-Type"], "attachment" in page["Content-Disposition"]) == ("application/zip", True)
    assert "no-store" in page["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(page.content)) as archive:
        assert json.loads(archive.read("account.json"))["username"] == "ada"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Ce que CLAXSON conserve de vous"),
        ("es", "Lo que CLAXSON guarda sobre usted"),
        ("el", "Τι κρατά το CLAXSON για εσάς"),  # noqa: RUF001
        ("it", "Che cosa CLAXSON conserva di te"),
    ],
)
def test_the_explanation_speaks_ones_language(volunteer, compiled_messages, language, title) -> None:
    page = volunteer.post(f"/{language}/account/export/")
    with zipfile.ZipFile(io.BytesIO(page.content)) as archive:
        assert archive.read("README.txt").decode().startswith(title)


def test_the_password_erases_the_account_and_not_the_answers(volunteer, voter, make_source, vote_on) -> None:
    vote_on(make_source(), voter)
    page = volunteer.post("/en/account/erase/", PASSWORD, follow=True)
    assert "Your account is erased" in page.text
    assert "Log in" in page.text
    assert not User.objects.exists()
    assert Vote.objects.filter(counted=True).count() == 1


def test_without_the_password_nothing_is_erased(volunteer: Client) -> None:
    page = volunteer.post("/en/account/erase/", {"password": "guess"})
    assert page.status_code == 400
    assert "This is not your password." in page.text
    assert User.objects.exists()


def test_the_password_cannot_be_tried_out(volunteer: Client) -> None:
    for _ in range(10):
        volunteer.post("/en/account/erase/", {"password": "guess"})
    assert "Too many attempts" in volunteer.post("/en/account/erase/", PASSWORD).text
    assert User.objects.exists()


def test_neither_is_done_by_following_a_link(volunteer: Client) -> None:
    assert volunteer.get("/en/account/export/").status_code == 405
    assert volunteer.get("/en/account/erase/").status_code == 405


def test_another_site_can_do_neither(user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post("/en/account/export/").status_code == 403
    assert browser.post("/en/account/erase/", PASSWORD).status_code == 403
