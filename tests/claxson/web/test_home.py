from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from claxson.catalogue.models import Product, Source
from claxson.voting.models import VoterRecord


@pytest.mark.django_db
def test_the_front_page_works_on_an_empty_site(client: Client) -> None:
    page = client.get("/en/")
    assert page.status_code == 200
    assert "Welcome to CLAXSON!" in page.text
    assert "Nobody has classified a source yet" in page.text
    assert "Simulated data" not in page.text


@pytest.mark.django_db
def test_pages_travel_compressed(client: Client) -> None:
    page = client.get("/en/", headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]


@pytest.mark.django_db
def test_the_bare_address_leads_to_the_visitors_language(client: Client) -> None:
    page = client.get("/", headers={"accept-language": "el,en;q=0.5"})
    assert page["Location"] == "/el/"


def test_counters_and_leaderboard_are_shown(
    client: Client, make_source: Callable[..., Source], crowd_votes: Callable[..., None]
) -> None:
    crowd_votes(make_source(), 3)
    page = client.get("/en/").text
    assert '<dd data-counter="votes">3</dd>' in page
    assert "simulated" in page


def test_the_front_page_takes_the_same_few_queries_whatever_there_is(
    client: Client,
    make_source: Callable[..., Source],
    crowd_votes: Callable[..., None],
    django_assert_num_queries: Any,
) -> None:
    crowd_votes(make_source(), 15)
    with django_assert_num_queries(5):
        client.get("/en/")


def test_the_counters_alone_are_counted_once_for_many(
    client: Client,
    make_source: Callable[..., Source],
    crowd_votes: Callable[..., None],
    django_assert_num_queries: Any,
) -> None:
    cache.clear()
    crowd_votes(make_source(), 2)
    VoterRecord.objects.update(n_votes=1000)
    assert client.get("/fr/counters").json() == {
        "votes": "2\N{NO-BREAK SPACE}000",
        "open": "1",
        "decided": "0",
    }
    with django_assert_num_queries(0):
        again = client.get("/en/counters")
    assert again.json()["votes"] == "2,000"
    assert again["Cache-Control"] == "public, max-age=15"


def test_every_page_says_that_a_site_holds_simulated_sources(
    client: Client, make_source: Callable[..., Source], add_product: Callable[..., Product]
) -> None:
    add_product(make_source(simulated=True), "cutout", b"png")
    for address in ("/en/", "/en/leaderboard/", "/en/accounts/login/", "/en/nowhere/"):
        assert "were simulated by a computer" in client.get(address).text


@pytest.mark.django_db
def test_no_page_needs_inline_scripts_or_styles(client: Client) -> None:
    page = client.get("/en/")
    assert "unsafe" not in page["Content-Security-Policy"]
    assert " style=" not in page.text
    assert "<style" not in page.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("fr", "Bienvenue sur CLAXSON"),
        ("es", "la bienvenida a CLAXSON"),
        ("el", "Καλώς ήρθατε στο CLAXSON"),
        ("it", "Benvenuti su CLAXSON"),
    ],
)
def test_the_site_speaks_the_language_of_its_address(
    client: Client, compiled_messages: None, language: str, greeting: str
) -> None:
    page = client.get(f"/{language}/").text
    assert greeting in page
    assert f'<html lang="{language}">' in page


def test_switching_the_language_keeps_the_page(client: Client, make_source: Callable[..., Source]) -> None:
    page = client.get(f"/en/sources/{make_source().name}/?from=home").text
    assert 'href="/it/sources/4XMM%20J000000.1+000000/?from=home"' in page
