"""A password changed, or forgotten and chosen anew by mail."""

import re
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from claxson.accounts.models import User

NEW = {"password1": "a-clear-dark-night", "password2": "a-clear-dark-night"}


@pytest.fixture
def sends_mail(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.org"


@pytest.fixture
def reachable(user: User, sends_mail: None) -> User:
    """Somebody who left an address."""
    user.email = "ada@example.org"
    user.save()
    return user


def ask(client: Client, address: str = "ada@example.org", language: str = "en") -> str:
    page = client.post(f"/{language}/accounts/password/reset/", {"email": address}, follow=True)
    assert page.status_code == 200
    return page.text


def link_in(message: Any) -> str:
    return re.search(r"http://testserver(\S+)", message.body).group(1)


def test_a_password_is_changed_by_who_knows_the_old_one(volunteer: Client, user: User) -> None:
    wrong = volunteer.post("/en/accounts/password/change/", {"oldpassword": "no", **NEW})
    assert "Please type your current password." in wrong.text
    volunteer.post("/en/accounts/password/change/", {"oldpassword": "look-at-the-sky", **NEW})
    user.refresh_from_db()
    assert user.check_password(NEW["password1"])


def test_a_link_by_mail_leads_to_a_new_password_once(client: Client, reachable: User) -> None:
    assert "a link is on its way" in ask(client)
    (message,) = mail.outbox
    assert message.subject == "CLAXSON: A forgotten password"
    assert "“ada”" in message.body
    form = client.get(link_in(message), follow=True)
    done = client.post(form.redirect_chain[-1][0], NEW, follow=True)
    assert "Your new password is saved" in done.text
    reachable.refresh_from_db()
    assert reachable.check_password(NEW["password1"])
    assert "does not work any more" in Client().get(link_in(message), follow=True).text


def test_an_unknown_address_gets_the_same_page_and_no_mail(client: Client, reachable: User) -> None:
    assert "a link is on its way" in ask(client, "nobody@example.org")
    assert mail.outbox == []


def test_the_mail_speaks_the_pages_language(client: Client, reachable: User, compiled_messages: None) -> None:
    ask(client, language="fr")
    assert mail.outbox[0].subject == "CLAXSON: Mot de passe oublié"
    assert "a demandé un nouveau mot de passe" in mail.outbox[0].body


def test_a_mail_server_that_is_away_is_told(
    client: Client, reachable: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    assert "our mail server does not answer" in ask(client)


@pytest.mark.django_db
def test_a_site_without_mail_says_so(client: Client) -> None:
    page = client.get("/en/accounts/password/reset/").text
    assert "This site sends no mail" in page
    assert 'type="email"' not in page


def test_an_address_is_given_and_taken_back(volunteer: Client, user: User, sends_mail: None) -> None:
    for address in ("ada@example.org", ""):
        volunteer.post("/en/account/address/", {"email": address, "password": "look-at-the-sky"})
        user.refresh_from_db()
        assert user.email == address


def test_an_address_needs_the_password(volunteer: Client, user: User, sends_mail: None) -> None:
    page = volunteer.post("/en/account/address/", {"email": "eve@example.org", "password": "no"})
    assert page.status_code == 400
    user.refresh_from_db()
    assert user.email == ""


def test_no_address_is_taken_where_no_mail_is_sent(volunteer: Client) -> None:
    assert volunteer.get("/en/account/address/").status_code == 404
    assert "/en/account/address/" not in volunteer.get("/en/account/").text
