"""Pages to read: about the project, the field guide, the tutorial."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from claxson.accounts.models import Voter
from claxson.catalogue.models import Product, Source
from claxson.voting.models import Label
from claxson.web.learn.entries import GLOSSARY
from claxson.web.learn.tutorial import STEPS

PAGES = ("presentation", "project", "about", "astronomers", "contact", "privacy", "guide", "tutorial/1")
ADDRESSES = [*PAGES, *(f"tutorial/{n}" for n in range(2, len(STEPS) + 1)), "guide/?panel"]
Add = Callable[..., Product]


@pytest.fixture
def labelled(make_source: Callable[..., Source], add_product: Add) -> Callable[..., Source]:
    """A source with a picture and a class from the literature."""

    def label(name: str, key: str = "agn", **fields: Any) -> Source:
        source = make_source(name, **fields)
        add_product(source, "cutout", name.encode(), fov_arcmin=4.0)
        Label.objects.create(source=source, source_class=key, original_class=key, provenance="test")
        return source

    return label


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "es", "el", "it"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_there_in_every_language(
    client: Client, compiled_messages: None, language: str, address: str
) -> None:
    page = client.get(f"/{language}/{address}" if "?" in address else f"/{language}/{address}/")
    assert page.status_code == 200
    assert " style=" not in page.text


@pytest.mark.django_db
def test_every_page_but_the_front_one_opens_the_guide(client: Client) -> None:
    assert 'id="guide-panel"' not in client.get("/en/").text
    for address in ("/en/leaderboard/", "/en/privacy/", "/en/tutorial/2/", "/en/accounts/login/"):
        assert 'id="guide-panel"' in client.get(address).text


@pytest.mark.django_db
def test_the_footer_leads_to_every_page(client: Client) -> None:
    page = client.get("/en/").text
    for name in PAGES[:6]:
        assert f'href="/en/{name}/"' in page


@pytest.mark.django_db
def test_the_tutorial_ends_after_its_last_step(client: Client) -> None:
    assert client.get("/en/tutorial/", follow=True).redirect_chain == [("/en/tutorial/1/", 302)]
    assert 'rel="next"' not in client.get(f"/en/tutorial/{len(STEPS)}/").text
    for number in (0, len(STEPS) + 1):
        assert client.get(f"/en/tutorial/{number}/").status_code == 404


@pytest.mark.django_db
def test_every_word_has_its_anchor(client: Client) -> None:
    page = client.get("/en/guide/").text
    assert [term.key for term in GLOSSARY if page.count(f'id="{term.key}"') != 1] == []


def test_a_real_example_comes_before_a_simulated_one(client: Client, labelled: Callable[..., Source]) -> None:
    labelled("SIM J1", simulated=True, features={"counts_8": 900.0})
    labelled("4XMM J2", features={"counts_8": 10.0})
    labelled("4XMM J3", features={"counts_8": 20.0})
    page = client.get("/en/guide/").text
    assert "4XMM J3" in page
    assert "SIM J1" not in page
    assert "The literature says so." in page


def test_the_example_shows_what_the_guide_says(client: Client, labelled: Callable[..., Source]) -> None:
    steady = {"log_fx_fr": 0.0, "gal_lat_deg": 50.0, "photon_index": 1.9, "chi2_prob": 0.6}
    labelled("4XMM J1", features=steady | {"counts_8": 900.0, "chi2_prob": 1e-9})
    labelled("4XMM J2", features=steady | {"counts_8": 200.0})
    labelled("4XMM J3", features=steady | {"counts_8": 50.0, "photon_index": 1.8})
    page = client.get("/en/guide/").text
    assert "4XMM J2" in page
    assert "4XMM J1" not in page
    assert "4XMM J3" not in page


def test_a_simulated_example_says_so(client: Client, labelled: Callable[..., Source]) -> None:
    labelled("SIM J1", "star", simulated=True)
    page = client.get("/en/guide/").text
    assert page.count("badge-simulated") == 2  # beside its name and below its picture


def test_without_a_label_the_crowds_answer_serves(
    client: Client, make_source: Callable[..., Source], add_product: Add, crowd_votes: Callable[..., None]
) -> None:
    source = make_source()
    add_product(source, "cutout", b"png")
    crowd_votes(source, 20, "cv")
    page = client.get("/en/guide/").text
    assert source.name in page
    assert "The crowd decided so." in page


def test_the_guide_takes_the_same_queries_however_many_labels_there_are(
    client: Client, labelled: Callable[..., Source], django_assert_num_queries: Any
) -> None:
    for i, key in enumerate(("agn", "star", "xrb", "cv", "agn", "star")):
        labelled(f"4XMM J{i}", key)
    with django_assert_num_queries(6):
        client.get("/en/guide/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "href"),
    [("ada@example.org", "mailto:ada@example.org"), ("https://example.org/x", "https://example.org/x")],
)
def test_the_contact_page_names_the_operators_address(
    client: Client, settings: Any, address: str, href: str
) -> None:
    settings.OPERATOR_CONTACT = address
    assert f'<a href="{href}">{address}</a>' in client.get("/en/contact/").text


@pytest.mark.django_db
def test_without_an_address_the_contact_page_says_so(client: Client, settings: Any) -> None:
    settings.OPERATOR_CONTACT = ""
    assert "has not given an address yet" in client.get("/en/contact/").text


def test_the_tutorial_explains_the_numbers_by_a_source_that_has_them(
    client: Client, labelled: Callable[..., Source]
) -> None:
    labelled("4XMM J1", "star")
    labelled("4XMM J2", "cv", features={"gal_lat_deg": 1.0, "log_fx_fr": 0.5, "log_fx_fw1": 0.1})
    page = client.get("/en/tutorial/5/").text
    assert "4XMM J2" in page
    assert "4XMM J1" not in page


PRACTICE = f"/en/tutorial/{STEPS.index('practice') + 1}/"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("xrb", "Right! 4XMM J1 is known: An X-ray binary."),
        ("agn", "Not this time: 4XMM J1 is known: An X-ray binary."),
        ("unsure", "4XMM J1 is known: An X-ray binary."),
    ],
)
def test_one_step_asks_and_tells_whether_it_is_right_and_why(
    client: Client, labelled: Callable[..., Source], answer: str, told: str
) -> None:
    labelled("4XMM J1", "xrb", features={"gal_lat_deg": 1.0, "log_fx_fr": 2.5})
    page = client.get(PRACTICE, {"answer": answer}).text
    assert told in page
    assert "loXO is above 1: far brighter in X-rays than in visible light" in page
    assert f'value="{answer}" required checked' in page
    assert not Voter.objects.exists()


def test_the_clearest_example_is_the_one_to_practise_on(
    client: Client, labelled: Callable[..., Source]
) -> None:
    labelled("4XMM J1", "xrb", features={"gal_lat_deg": 52.0, "log_fx_fr": -0.4})
    labelled("4XMM J2", "star", features={"log_fx_fr": -2.5, "log_fx_fw1": -3.0})
    page = client.get(PRACTICE).text
    assert "4XMM J2" in page
    assert "4XMM J1" not in page


@pytest.mark.parametrize("asked", [{}, {"answer": "nonsense"}])
def test_before_an_answer_nothing_is_told(
    client: Client, labelled: Callable[..., Source], asked: dict[str, str]
) -> None:
    labelled("4XMM J1", "xrb")
    page = client.get(PRACTICE, asked).text
    assert "4XMM J1 is known" not in page
    assert "required checked" not in page


@pytest.mark.django_db
def test_without_examples_the_step_leads_to_the_training(client: Client) -> None:
    assert "no example to practise on yet" in client.get(PRACTICE).text
