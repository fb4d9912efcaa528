import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.tutorial.clues import LIGHTCURVE, RULES, SPECTRUM
from claxson.voting.models import GoldSource
from claxson.voting.services.leasing import hand_out
from claxson.web.shown.verdict import SEEN_AT

Answer = Callable[[str], str]


@pytest.fixture
def answer(
    volunteer: Client, voter: Voter, seen_source: Source, make_source: Callable[..., Source]
) -> Answer:
    """Answers on a training source that is an AGN, and gives the page after it."""
    seen_source.queue_entry.delete()
    GoldSource.objects.create(source=seen_source, gold_class="agn", hidden=False)
    make_source("next one")

    def send(answer: str) -> str:
        held = next(one for one in hand_out(voter=voter, training=True) if one.source_id == seen_source.pk)
        ballot = {"key": str(uuid.uuid4()), "answer": answer, "lease": held.token}
        return volunteer.post(f"/en/classify/{seen_source.name}/", ballot, follow=True).text

    return send


def test_a_right_answer_is_explained_by_what_was_measured_of_this_source(answer: Answer) -> None:
    page = answer("agn")
    assert "verdict-right" in page
    assert "Right! 4XMM J000000.1+000000 is known: An AGN." in page
    assert "loXO is between \N{MINUS SIGN}1 and 1" in page
    assert "it is far from the plane" in page
    assert "slopes gently" not in page  # its photon index was not measured


def test_a_wrong_answer_is_told_and_the_deciding_measurement_is_marked(answer: Answer) -> None:
    page = answer("star")
    assert "verdict-wrong" in page
    assert page.count('class="deciding"') == 1
    assert 'href="/en/guide/#agn"' in page


def test_the_strongest_clue_of_a_plot_is_shown_on_it(answer: Answer, seen_source: Source) -> None:
    seen_source.features |= {"photon_index": 1.9}
    seen_source.save()
    page = answer("star")
    assert "Seen on the plot: its spectrum slopes gently" in page
    assert 'data-from="1.0" data-to="8.0"' in page


def test_without_a_clue_on_a_plot_none_is_shown(answer: Answer) -> None:
    assert "Seen on the plot" not in answer("agn")


def test_every_clue_that_plots_show_has_its_place() -> None:
    shown = {rule.key for rules in RULES.values() for rule in rules if rule.seen_on in {SPECTRUM, LIGHTCURVE}}
    assert shown - set(SEEN_AT) == {"changes_over_years"}  # no plot of one observation shows that


def test_the_verdict_is_told_once(answer: Answer, volunteer: Client) -> None:
    answer("agn")
    assert 'id="verdict"' not in volunteer.get("/en/classify/next one/").text


def test_an_ordinary_source_has_no_verdict(volunteer: Client, voter: Voter, seen_source: Source) -> None:
    (held,) = hand_out(voter=voter, only=[seen_source.pk])
    ballot = {"key": str(uuid.uuid4()), "answer": "agn", "lease": held.token}
    page = volunteer.post(f"/en/classify/{seen_source.name}/", ballot, follow=True).text
    assert 'id="verdict"' not in page
