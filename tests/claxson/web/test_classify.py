import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from claxson.accounts.models import Voter
from claxson.catalogue.models import Product, Source
from claxson.core.classes import Answer
from claxson.voting.models import GoldSource, Vote
from claxson.voting.services.leasing import hand_out

Make = Callable[..., Source]
Hand = Callable[[Source], str]


def address(source: Source) -> str:
    return f"/en/classify/{source.name}/"


def ballot(lease: str = "", **changes: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "answer": "agn", "lease": lease, **changes}


@pytest.fixture
def handed(volunteer: Client, voter: Voter) -> Callable[[Source], str]:
    """The lease on the page of a source, once this voter was handed it."""

    def hand(source: Source) -> str:
        (held,) = hand_out(voter=voter, only=[source.pk])
        assert f'name="lease" value="{held.token}"' in volunteer.get(address(source)).text
        return held.token

    return hand


def test_a_visitor_begins_without_an_account(client: Client, seen_source: Source) -> None:
    assert client.get("/en/classify/")["Location"] == "/en/classify/4XMM%20J000000.1+000000/"
    page = client.get(address(seen_source)).text
    lease = re.search(r'name="lease" value="([^"]+)"', page)[1]
    client.post(address(seen_source), ballot(lease))
    vote = Vote.objects.get()
    assert (vote.voter.user, vote.answer) == (None, "agn")


def test_a_volunteer_is_led_to_the_next_source(volunteer: Client, seen_source: Source) -> None:
    assert volunteer.get("/en/classify/")["Location"] == "/en/classify/4XMM%20J000000.1+000000/"


def test_it_says_plainly_that_nothing_is_left(volunteer: Client) -> None:
    page = volunteer.get("/en/classify/")
    assert page.status_code == 200
    assert "Nothing left to classify" in page.text


def test_the_page_shows_the_clues_with_their_meaning(volunteer: Client, seen_source: Source) -> None:
    page = volunteer.get(address(seen_source)).text
    assert "+33.1°" in page
    assert "\N{MINUS SIGN}0.32" in page
    assert "not measured" in page
    assert "stars have the lowest values" in page


def test_the_page_shows_products_in_words_too(volunteer: Client, seen_source: Source) -> None:
    page = volunteer.get(address(seen_source)).text
    assert "X-ray image of 4XMM J000000.1+000000 and its surroundings, 5.0 arcminutes wide" in page
    assert "1234 X-rays above the background. It is highest near 0.71 keV." in page
    assert "It varied" in page
    assert "<caption>PN</caption>" in page
    assert 'r="10.0"' in page  # 15 arcsec of 1.5 arcsec a pixel


def test_every_answer_has_its_key(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    handed(seen_source)
    page = volunteer.get(address(seen_source)).text
    keys = re.findall(r'value="(\w+)" data-key="(\d)"', page)
    assert keys == [(answer.value, str(i)) for i, answer in enumerate(Answer, start=1)]


def test_each_page_carries_a_key_of_its_own(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    handed(seen_source)
    pages = [volunteer.get(address(seen_source)).text for _ in range(2)]
    keys = {re.search(r'name="key" value="([0-9a-f-]{36})"', page)[1] for page in pages}
    assert len(keys) == 2


def test_a_vote_is_stored_and_thanked_for(
    volunteer: Client, voter: Voter, handed: Hand, seen_source: Source
) -> None:
    sent = ballot(handed(seen_source), dwell_ms=4200, nothing_seen="on", comment="two\r\nlines")
    page = volunteer.post(address(seen_source), sent, follow=True)
    assert "is stored. Thank you!" in page.text
    vote = Vote.objects.get()
    assert (vote.voter, vote.answer, vote.nothing_seen, vote.dwell_ms) == (voter, "agn", True, 4200)
    assert vote.comment == "two\nlines"


def test_the_same_page_sent_twice_is_one_vote(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    sent = ballot(handed(seen_source))
    assert [volunteer.post(address(seen_source), sent).status_code for _ in range(2)] == [302, 302]
    assert Vote.objects.count() == 1


def test_a_second_vote_is_refused_and_the_first_stands(
    volunteer: Client, handed: Hand, seen_source: Source
) -> None:
    lease = handed(seen_source)
    volunteer.post(address(seen_source), ballot(lease))
    page = volunteer.post(address(seen_source), ballot(lease, answer="star"))
    assert page.status_code == 409
    assert "Your first answer stands" in page.text
    assert Vote.objects.get().answer == "agn"


def test_a_key_of_another_vote_is_refused_and_the_answers_are_kept(
    volunteer: Client, handed: Hand, make_source: Make
) -> None:
    first, second = make_source("A"), make_source("B")
    sent = ballot(handed(first))
    volunteer.post(address(first), sent)
    again = {**sent, "lease": handed(second), "answer": "cv", "comment": "odd"}
    page = volunteer.post(address(second), again)
    assert page.status_code == 409
    assert "please send it again" in page.text
    assert 'value="cv" data-key="4" checked' in page.text
    assert ">odd</textarea>" in page.text
    assert sent["key"] not in page.text


def test_an_unknown_source_is_a_404_that_names_it(volunteer: Client) -> None:
    for page in (volunteer.get("/en/classify/XYZ/"), volunteer.post("/en/classify/XYZ/", ballot())):
        assert page.status_code == 404
        assert "no source of the name “XYZ”" in page.text


def test_a_source_that_was_not_handed_out_takes_no_votes(volunteer: Client, make_source: Make) -> None:
    source = make_source()
    assert "Sources are handed out one by one" in volunteer.get(address(source)).text
    assert volunteer.post(address(source), ballot("forged")).status_code == 403
    assert Vote.objects.count() == 0


def test_a_missing_answer_loses_nothing_else(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    sent = ballot(handed(seen_source), answer="", comment="a thought", nothing_seen="on")
    page = volunteer.post(address(seen_source), sent)
    assert page.status_code == 400
    assert "<title>Error: Classify" in page.text
    assert "Choose an answer" in page.text
    assert ">a thought</textarea>" in page.text
    assert 'name="nothing_seen" checked' in page.text
    assert sent["key"] in page.text


@pytest.mark.parametrize(
    "bad", [{"answer": "quasar"}, {"comment": "x" * 1001}, {"key": "7"}, {"key": ""}, {"lease": ""}]
)
def test_nonsense_is_refused_with_a_message(
    volunteer: Client, handed: Hand, seen_source: Source, bad: dict[str, str]
) -> None:
    page = volunteer.post(address(seen_source), ballot(**{"lease": handed(seen_source), **bad}))
    assert page.status_code == 400
    assert "There is a problem" in page.text
    assert Vote.objects.count() == 0


def test_an_incomplete_page_gets_a_new_key(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    handed(seen_source)
    page = volunteer.post(address(seen_source), ballot(key="")).text
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', page)


def test_the_twentieth_vote_is_told(
    volunteer: Client, handed: Hand, seen_source: Source, crowd_votes: Callable[..., None]
) -> None:
    crowd_votes(seen_source, 19)
    page = volunteer.post(address(seen_source), ballot(handed(seen_source)), follow=True).text
    assert "the last one that was needed on 4XMM J000000.1+000000: the crowd has decided." in page
    assert '<a href="/en/sources/4XMM%20J000000.1+000000/">See what it said</a>' in page


def test_a_broken_product_does_not_block_the_vote(
    volunteer: Client, handed: Hand, make_source: Make, add_product: Callable[..., Product]
) -> None:
    source = make_source()
    add_product(source, "spectrum", b"{broken")
    page = volunteer.get(address(source))
    assert page.status_code == 200
    assert "The file of this plot is damaged" in page.text
    assert volunteer.post(address(source), ballot(handed(source))).status_code == 302


def test_a_simulated_source_says_so_at_its_name_and_at_each_product(
    volunteer: Client, seen_source: Source
) -> None:
    Source.objects.update(simulated=True)
    page = volunteer.get(address(seen_source)).text
    assert page.count("badge-simulated") == 4


def test_what_one_has_answered_is_shown_again(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    volunteer.post(address(seen_source), ballot(handed(seen_source), answer="xrb"))
    page = volunteer.get(address(seen_source)).text
    assert "Your answer: An X-ray binary." in page
    assert "<textarea" not in page


def test_the_page_takes_a_fixed_number_of_queries(
    volunteer: Client,
    seen_source: Source,
    add_product: Callable[..., Product],
    django_assert_num_queries: Any,
) -> None:
    add_product(seen_source, "cutout", b"another", obsid="0404910601")
    volunteer.get(address(seen_source))
    with django_assert_num_queries(18):
        volunteer.get(address(seen_source))


def test_a_source_that_teaches_tells_its_class_after_the_answer(
    volunteer: Client, voter: Voter, make_source: Make
) -> None:
    source = make_source(queued=False)
    GoldSource.objects.create(source=source, gold_class="cv", hidden=False)
    (held,) = hand_out(voter=voter, training=True)
    page = volunteer.post(address(source), ballot(held.token, answer="star"), follow=True).text
    assert "Not this time: 4XMM J000000.1+000000 is known: A cataclysmic variable." in page


def test_hidden_gold_looks_like_any_other_source(
    volunteer: Client, voter: Voter, make_source: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(queued=False)
    GoldSource.objects.create(source=source, gold_class="cv", hidden=True)
    monkeypatch.setattr("claxson.voting.rules.gold.draw", lambda n_votes, u: "hidden")
    (held,) = hand_out(voter=voter)
    page = volunteer.post(address(source), ballot(held.token, answer="cv"), follow=True).text
    assert "is stored. Thank you!" in page
    assert Vote.objects.get().gold_class == "cv"


def test_the_last_answer_can_be_taken_back(volunteer: Client, handed: Hand, seen_source: Source) -> None:
    volunteer.post(address(seen_source), ballot(handed(seen_source), comment="a flare?"))
    answer = volunteer.post("/en/classify/undo")
    assert answer["Location"] == "/en/classify/4XMM%20J000000.1+000000/"
    page = volunteer.get(address(seen_source)).text
    assert "Taken back. You can answer for 4XMM J000000.1+000000 again." in page
    assert ">a flare?</textarea>" in page
    assert " checked" not in page.split('id="choices"')[1].split("</fieldset>")[0]
    assert Vote.objects.get().withdrawn_why == "undone"


def test_a_comment_comes_back_once_and_on_its_own_source_only(
    volunteer: Client, handed: Hand, seen_source: Source, make_source: Make
) -> None:
    other = make_source("other")
    volunteer.post(address(seen_source), ballot(handed(seen_source), comment="a flare?"))
    volunteer.post("/en/classify/undo")
    handed(other)
    assert "a flare?" not in volunteer.get(address(other)).text
    assert "a flare?" not in volunteer.get(address(seen_source)).text


def test_the_training_switch_is_remembered(volunteer: Client) -> None:
    volunteer.post("/en/classify/training", {"on": "on"})
    assert 'aria-pressed="true"' in volunteer.get("/en/classify/").text


def test_the_menu_knows_where_somebody_is(volunteer: Client, seen_source: Source) -> None:
    here = '<a href="/en/classify/" aria-current="page">'
    assert here in volunteer.get("/en/classify/", follow=True).text
    assert here not in volunteer.get(f"/en/sources/{seen_source.name}/").text


def test_after_the_training_comes_a_source_that_waits(
    volunteer: Client, seen_source: Source, make_source: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claxson.voting.rules.gold.draw", lambda n_votes, u: "")
    gold = make_source("gold", queued=False)
    GoldSource.objects.create(source=gold, gold_class="agn", hidden=False)
    volunteer.post("/en/classify/training", {"on": "on"})
    assert volunteer.get("/en/classify/")["Location"] == address(gold)
    volunteer.post("/en/classify/training", {"on": "off"})
    assert volunteer.get("/en/classify/")["Location"] == address(seen_source).replace(" ", "%20")
