"""The pieces of the classify page that its script fetches and sends."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from claxson.accounts.models import User, Voter
from claxson.accounts.visitors import marker
from claxson.catalogue.models import Source
from claxson.voting.models import GoldSource, ProblemReport, Skip, Vote
from claxson.voting.services.leasing import hand_out

Make = Callable[..., Source]


def part(client: Client, source: Source, language: str = "en") -> Any:
    return client.get(f"/{language}/classify/{source.name}/part")


def send(client: Client, lease: str, **fields: Any) -> Any:
    ballot = {"lease": lease, "key": str(uuid.uuid4()), "answer": "agn", **fields}
    return client.post("/en/classify/vote", ballot, headers={"accept": "application/json"})


@pytest.fixture
def lease(voter: Voter, seen_source: Source) -> str:
    return hand_out(voter=voter)[0].token


def test_a_part_is_the_desk_alone_and_nobody_elses(
    volunteer: Client, lease: str, seen_source: Source
) -> None:
    answer = part(volunteer, seen_source)
    assert answer.text.strip().startswith('<div class="desk"')
    assert f'name="lease" value="{lease}"' in answer.text
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


def test_a_part_speaks_the_pages_language(
    volunteer: Client, lease: str, seen_source: Source, compiled_messages: None
) -> None:
    with translation.override("el"):
        assert "Αποστολή" in part(volunteer, seen_source, "el").text


def test_no_part_for_who_was_not_handed_the_source(client: Client, lease: str, seen_source: Source) -> None:
    assert part(client, seen_source).status_code == 404
    assert client.get("/en/classify/XYZ/part").status_code == 404


def test_hidden_gold_has_a_part_like_any_other(volunteer: Client, voter: Voter, seen_source: Source) -> None:
    hand_out(voter=voter, only=[seen_source.pk])
    usual = part(volunteer, seen_source).text
    GoldSource.objects.create(source=seen_source, gold_class="cv", hidden=True)
    varies = re.compile(r'(csrfmiddlewaretoken|key)" value="[^"]+"')
    assert varies.sub("", part(volunteer, seen_source).text) == varies.sub("", usual)


def test_an_answer_brings_thanks_standing_and_undo(volunteer: Client, lease: str) -> None:
    answer = send(volunteer, lease).json()
    assert "is stored. Thank you!" in answer["told"]
    assert "Take it back" in answer["told"]
    assert "4 sources left today" in answer["standing"]
    assert answer["verdict"] == ""


def test_the_same_answer_again_is_the_same_answer(volunteer: Client, lease: str) -> None:
    key = str(uuid.uuid4())
    assert [send(volunteer, lease, key=key).status_code for _ in range(2)] == [200, 200]
    assert Vote.objects.count() == 1


def test_a_source_that_teaches_brings_its_verdict(volunteer: Client, voter: Voter, make_source: Make) -> None:
    GoldSource.objects.create(source=make_source(queued=False), gold_class="cv", hidden=False)
    answer = send(volunteer, hand_out(voter=voter, training=True)[0].token, answer="star").json()
    assert "Not this time: 4XMM J000000.1+000000 is known: A cataclysmic variable." in answer["verdict"]
    assert answer["told"].strip() == ""


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [({"lease": "forged"}, 403, "forged_lease"), ({"answer": "quasar"}, 400, "bad_request")],
)
def test_a_refusal_says_why(
    volunteer: Client, lease: str, change: dict[str, str], status: int, code: str
) -> None:
    answer = send(volunteer, **{"lease": lease, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["told"]
    assert Vote.objects.count() == 0


def test_another_person_in_the_same_browser_cannot_send_it_as_theirs(
    client: Client, lease: str, voter: Voter
) -> None:
    client.force_login(User.objects.create_user("bob"))
    ballot = {"lease": lease, "key": str(uuid.uuid4()), "answer": "agn"}
    assert send(client, **ballot).status_code == 403
    client.post("/api/v1/votes/", ballot, content_type="application/json")
    assert Vote.objects.get().voter == voter


def test_the_marker_tells_voters_apart_and_nothing_else(volunteer: Client, voter: Voter) -> None:
    leases = volunteer.post("/api/v1/leases/", {}, content_type="application/json").json()
    assert leases["voter"] == marker(voter) != marker(Voter.objects.create())
    assert voter.pk.hex[:8] not in leases["voter"]


def test_a_source_is_skipped_by_a_form(volunteer: Client, lease: str, seen_source: Source) -> None:
    answer = volunteer.post(f"/en/classify/{seen_source.name}/skip", follow=True)
    assert "You passed over 4XMM J000000.1+000000" in answer.text
    assert Skip.objects.get().source == seen_source


def test_a_report_is_kept_and_the_source_goes_with_it(
    volunteer: Client, lease: str, seen_source: Source
) -> None:
    body = {"report": "on", "reason": "plot", "text": "a grey box"}
    answer = volunteer.post(
        f"/en/classify/{seen_source.name}/skip", body, headers={"accept": "application/json"}
    )
    assert "somebody will look" in answer.json()["told"]
    assert ProblemReport.objects.get().text == "a grey box"


@pytest.mark.parametrize("body", [{"report": "on"}, {"report": "on", "reason": "other", "text": "x" * 501}])
def test_a_report_without_a_reason_loses_nothing(
    volunteer: Client, lease: str, seen_source: Source, body: dict[str, str]
) -> None:
    answer = volunteer.post(f"/en/classify/{seen_source.name}/skip", body, follow=True)
    assert "Please say what is wrong" in answer.text
    assert 'name="lease"' in answer.text
    assert not Skip.objects.exists()


def test_what_was_not_handed_out_cannot_be_skipped(volunteer: Client, make_source: Make) -> None:
    answer = volunteer.post(f"/en/classify/{make_source().name}/skip", headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert volunteer.post("/en/classify/XYZ/skip").status_code == 404
