"""The page on which sources are found, and addresses that are nearly right."""

from collections.abc import Callable

import pytest
from django.test import Client

from claxson.catalogue.models import Source

Make = Callable[..., Source]
NAME = "4XMM J004000.1-050000"


@pytest.fixture
def found(make_source: Make) -> Source:
    return make_source(NAME)


def test_a_whole_name_leads_to_its_page(client: Client, found: Source) -> None:
    answer = client.get("/en/sources/", {"q": " 4xmm j004000.1-050000"})
    assert answer["Location"] == "/en/sources/4XMM%20J004000.1-050000/"


def test_a_beginning_lists_what_begins_so(client: Client, found: Source, make_source: Make) -> None:
    make_source("4XMM J004000.2-050001")
    page = client.get("/en/sources/", {"q": "4xmmj0040"}).text
    assert "2 sources found" in page
    assert '<option value="2" selected>' in page
    assert '<a href="/en/sources/4XMM%20J004000.2-050001/">' in page


@pytest.mark.parametrize("asked", ["10.0 -5.0", "00 40 00 -05 00 00", "J004000.0-050000"])
def test_a_position_lists_what_is_around_it(client: Client, found: Source, asked: str) -> None:
    page = client.get("/fr/sources/", {"q": asked, "radius": "0.5"}).text
    assert NAME in page
    assert "0,0\N{DOUBLE PRIME}" in page


def test_what_is_not_here_is_said_to_be_not_here(client: Client, found: Source) -> None:
    page = client.get("/en/sources/", {"q": "200 40"}).text
    assert "0 sources found" in page
    assert "Only those that were imported here" in page
    assert "found</h2>" not in client.get("/en/sources/").text


@pytest.mark.parametrize("asked", [{"q": ""}, {"q": "x" * 101}, {"q": "1 2", "radius": "5000"}])
def test_what_cannot_be_asked_is_refused(client: Client, db: None, asked: dict[str, str]) -> None:
    assert client.get("/en/sources/", asked).status_code == 400


def test_the_list_ends_somewhere(client: Client, db: None) -> None:
    Source.objects.bulk_create(
        Source(name=f"CLX {i:03}", origin="test", ra_deg=1, dec_deg=2) for i in range(101)
    )
    page = client.get("/en/sources/", {"q": "clx"}).text
    assert "There are more than 100; these are the first." in page
    assert page.count('<th scope="row">') == 100


def test_an_address_that_is_nearly_right_leads_to_the_source(client: Client, found: Source) -> None:
    answer = client.get("/en/sources/4xmmj004000.1-050000/")
    assert answer["Location"] == "/en/sources/4XMM%20J004000.1-050000/"
    wrong = client.get("/en/sources/4xmmj004000.1/")
    assert wrong.status_code == 404
    assert 'href="/en/sources/"' in wrong.text


def test_footer_and_astronomers_page_lead_there(client: Client, db: None) -> None:
    assert client.get("/en/").text.count('href="/en/sources/"') == 1
    assert client.get("/en/astronomers/").text.count('href="/en/sources/"') == 2
