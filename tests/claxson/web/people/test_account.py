import io
import json
import uuid
import zipfile

import pytest
from django.core.cache import cache
from django.test import Client

from claxson.accounts.models import User, Voter
from claxson.accounts.visitors import COOKIE
from claxson.voting.models import AuditRecord, Vote
from claxson.voting.oversight.recount import compare
from claxson.voting.privacy.erasure import erase_visitor
from claxson.voting.privacy.export import export_person
from claxson.voting.services.adoption import adopt

NAME = {"username", "first_name", "last_name", "email", "role", "last_login"}
PASSWORD = {"password": "look-at-the-sky"}


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def visitor(client: Client, make_source) -> Client:
    """A browser without an account that has given one answer."""
    make_source("s")
    (lease,) = client.post("/api/v1/leases/", {}, content_type="application/json").json()["leases"]
    ballot = {"lease": lease["lease"], "answer": "star", "key": str(uuid.uuid4()), "comment": "bright"}
    client.post("/api/v1/votes/", ballot, content_type="application/json")
    return client


@pytest.mark.django_db
def test_who_is_not_known_is_told_so_and_has_no_data(client: Client) -> None:
    page = client.get("/en/account/").text
    assert "Nothing is kept about this browser" in page
    assert 'href="/en/accounts/login/?next=/en/account/"' in page
    assert "/export/" not in page
    for path in ("export/", "erase/"):
        assert client.post(f"/en/account/{path}", {"sure": "on"})["Location"] == "/en/account/"


def test_the_page_leads_to_both_and_ones_own_page_leads_there(volunteer: Client) -> None:
    page = volunteer.get("/en/account/").text
    assert 'action="/en/account/export/"' in page
    assert 'action="/en/account/erase/"' in page
    own = volunteer.get("/en/me/").text
    assert '<a href="/en/account/#export">' in own
    assert '<a href="/en/account/#erase">' in own


def test_what_cannot_be_undone_looks_dangerous(volunteer: Client) -> None:
    form = volunteer.get("/en/account/").text.split('action="/en/account/erase/"')[1]
    assert 'class="button button-large button-danger"' in form
    assert "button-danger" not in volunteer.get("/en/accounts/password/change/").text


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
    assert volunteer.get("/en/account/export/")["Location"] == "/en/account/"
    assert volunteer.get("/en/account/erase/")["Location"] == "/en/account/"
    assert User.objects.exists()


def test_another_site_can_do_neither(user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post("/en/account/export/").status_code == 403
    assert browser.post("/en/account/erase/", PASSWORD).status_code == 403


def test_a_visitor_takes_the_same_along_as_an_account(visitor: Client, voter: Voter, user: User) -> None:
    page = visitor.post("/en/account/export/")
    with zipfile.ZipFile(io.BytesIO(page.content)) as archive:
        account = json.loads(archive.read("account.json"))
        [vote] = json.loads(archive.read("votes.json"))
        names = set(archive.namelist())
    assert (vote["answer"], vote["comment"], account["n_votes"]) == ("star", "bright", 1)
    with zipfile.ZipFile(io.BytesIO(export_person(user=user))) as archive:
        of_accounts = json.loads(archive.read("account.json"))
        assert names == set(archive.namelist())
    assert of_accounts.keys() - account.keys() == NAME


def test_a_visitor_who_is_sure_is_forgotten_and_the_answer_stays(visitor: Client) -> None:
    before = Voter.objects.get().pk
    page = visitor.post("/en/account/erase/", {"sure": "on"}, follow=True)
    assert "What was kept about you is erased." in page.text
    assert not Voter.objects.filter(pk=before).exists()
    assert (Vote.objects.get().comment, Vote.objects.get().voter.erased) == ("", True)
    assert "Nothing is kept about this browser" in visitor.get("/en/account/").text
    assert AuditRecord.objects.get().subject == "a visitor"
    assert compare() == []


def test_a_visitor_who_is_not_sure_is_not_forgotten(visitor: Client) -> None:
    page = visitor.post("/en/account/erase/")
    assert page.status_code == 400
    assert "Tick the box if you are sure." in page.text
    assert Vote.objects.get().comment == "bright"


def test_a_visitor_finds_their_data_from_their_own_page_and_the_privacy_page(visitor: Client) -> None:
    for page in ("me", "privacy"):
        assert '<a href="/en/account/' in visitor.get(f"/en/{page}/").text


def test_somebody_elses_cookie_gives_away_nothing(visitor: Client) -> None:
    visitor.cookies[COOKIE] = f"{Voter.objects.get().pk.hex}:forged"
    assert visitor.post("/en/account/export/")["Location"] == "/en/account/"


def test_who_signed_up_meanwhile_is_not_forgotten_as_a_visitor(visitor: Client, user: User) -> None:
    voter = Voter.objects.get()
    adopt(visitor=voter, user=user)
    erase_visitor(voter=voter)
    assert Vote.objects.get().voter.user == user
