from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from claxson.catalogue.models import Source
from claxson.learning.models import ModelVersion, Prediction
from claxson.voting.models import Label

Crowd = Callable[..., None]


def page_of(client: Client, source: Source) -> str:
    return client.get(f"/en/sources/{source.name}/").text


@pytest.mark.django_db
def test_an_unknown_source_is_a_404_in_the_sites_layout(client: Client) -> None:
    page = client.get("/en/sources/XYZ/")
    assert page.status_code == 404
    assert "no source of the name “XYZ”" in page.text
    assert "Based on observations obtained with XMM-Newton" in page.text


def test_anybody_may_see_a_source(client: Client, seen_source: Source) -> None:
    page = page_of(client, seen_source)
    assert "10.00000° \N{MINUS SIGN}5.00000°" in page
    assert "Hardness ratio 1" in page


def test_the_crowds_answer_stays_hidden_while_it_votes(
    client: Client, seen_source: Source, crowd_votes: Crowd
) -> None:
    crowd_votes(seen_source, 19)
    page = page_of(client, seen_source)
    assert "19 of 20 votes" in page
    assert "An AGN" not in page


def test_the_crowds_answer_is_shown_once_it_is_decided(
    client: Client, seen_source: Source, crowd_votes: Crowd
) -> None:
    crowd_votes(seen_source, 15, "agn")
    crowd_votes(seen_source, 5, "cv")
    page = page_of(client, seen_source)
    assert "<strong>An AGN</strong>" in page
    assert "75% of the 20 votes agree." in page
    assert "25.0%" in page
    assert "Votes of simulated volunteers are among them." in page


def test_the_classifier_says_which_model_it_is(
    client: Client, seen_source: Source, crowd_votes: Crowd
) -> None:
    crowd_votes(seen_source, 20)
    model = ModelVersion.objects.create(
        sha256="0" * 64, state="serving", trigger="by hand", simulated=True, created_at=timezone.now()
    )
    shares = {"agn": 0.9, "star": 0.06, "xrb": 0.03, "cv": 0.01}
    Prediction.objects.create(source=seen_source, model=model, probabilities=shares, best="agn")
    page = page_of(client, seen_source)
    assert "90.0%" in page
    assert f"Model {model.pk} of " in page
    assert "It learned from simulated labels, too." in page


def test_a_label_from_the_literature_is_shown_with_its_origin(
    client: Client, seen_source: Source, crowd_votes: Crowd
) -> None:
    crowd_votes(seen_source, 20)
    Label.objects.create(
        source=seen_source, source_class="cv", original_class="dwarf nova", provenance="table 2"
    )
    assert "There it is called dwarf nova (table 2)." in page_of(client, seen_source)


def test_a_source_without_products_says_so(client: Client, make_source: Callable[..., Source]) -> None:
    assert "no pictures and plots of this source yet" in page_of(client, make_source())


def test_a_name_is_never_taken_for_markup(client: Client, db: None) -> None:
    page = client.get("/en/sources/<script>alert(1)<%2Fscript>/").text
    assert "<script>alert" not in page
