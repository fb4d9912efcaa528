import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from claxson.accounts.models import User

NEW = {"username": "grace", "password1": "look-at-the-sky", "password2": "look-at-the-sky"}


@pytest.mark.django_db
def test_a_name_and_a_password_are_enough(client: Client) -> None:
    page = client.post("/en/accounts/signup/", NEW)
    assert page["Location"] == "/en/classify/"
    assert User.objects.get().email == ""


@pytest.mark.django_db
def test_signing_up_leads_back_to_where_one_came_from(client: Client) -> None:
    page = client.post("/en/accounts/signup/", {**NEW, "next": "/en/classify/XYZ/"})
    assert page["Location"] == "/en/classify/XYZ/"


@pytest.mark.django_db
def test_mistakes_are_listed_first_and_lead_to_their_field(client: Client) -> None:
    page = client.post("/en/accounts/signup/", {**NEW, "password2": "other"}).text
    assert "<title>Error: Sign up" in page
    assert '<a href="#id_password2">Password (again): You must type the same password each time.</a>' in page
    assert 'value="grace"' in page


@pytest.mark.django_db
def test_password_managers_know_the_fields(client: Client) -> None:
    assert client.get("/en/accounts/signup/").text.count('autocomplete="new-password"') == 2
    page = client.get("/en/accounts/login/").text
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="username"' in page


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(client: Client, user: User) -> None:
    page = client.post("/en/accounts/login/", {"login": user.username, "password": "no"})
    assert "The username and/or password you specified are not correct." in page.text


def test_one_can_log_out_from_every_page(volunteer: Client) -> None:
    assert 'action="/en/accounts/logout/"' in volunteer.get("/en/").text
    assert volunteer.post("/en/accounts/logout/")["Location"] == "/en/"
    assert "Log in" in volunteer.get("/en/").text


@pytest.mark.parametrize("name", ["account_email", "account_set_password"])
def test_nothing_that_needs_an_email_address_can_be_reached(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "es", "el", "it"])
def test_no_english_is_left_among_the_mistakes(
    client: Client, compiled_messages: None, language: str
) -> None:
    mistakes = {"username": "a b!", "password1": "12345", "password2": "54321"}
    page = client.post(f"/{language}/accounts/signup/", mistakes).text
    assert "Enter a valid username" not in page
    assert "This password" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("fr", ["Nom d&#x27;utilisateur", "Mot de passe (confirmation)", "Ce champ est obligatoire."]),
        ("es", ["Usuario", "Contraseña (de nuevo)", "Este campo es obligatorio."]),
        ("el", ["Όνομα χρήστη", "Συνθηματικό (ξανά)", "Αυτό το πεδίο είναι απαραίτητο."]),
        ("it", ["Username", "Password (di nuovo)", "Questo campo è obbligatorio."]),
    ],
)
def test_the_forms_speak_every_language(client: Client, language: str, texts: list[str]) -> None:
    page = client.post(f"/{language}/accounts/signup/", {}).text
    assert [text for text in texts if text not in page] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "listed"), [("fr", "Mot de passe\N{NO-BREAK SPACE}: "), ("es", "Contraseña: ")]
)
def test_a_colon_stands_as_the_language_wants_it(
    client: Client, compiled_messages: None, language: str, listed: str
) -> None:
    page = client.post(f"/{language}/accounts/login/", {"login": "ada"}).text
    assert f'<a href="#id_password">{listed}' in page


@pytest.mark.django_db
def test_a_forgotten_password_is_spoken_of_once(client: Client) -> None:
    assert client.get("/en/accounts/login/").text.count('href="/en/accounts/password/reset/"') == 1
