"""The API as a client of its own meets it."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.models import GoldSource, NewcomerCount, SeenNetwork, Vote, VoterRecord

Make = Callable[..., Source]


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{path}/", body, content_type="application/json")


def hand_out(client: Client, **body: Any) -> list[dict[str, str]]:
    return post(client, "leases", **body).json()["leases"]


def test_a_visitor_is_handed_sources_and_votes(client: Client, make_source: Make) -> None:
    for name in "AB":
        make_source(name)
    leases = hand_out(client, wanted=5)
    assert [lease["source"] for lease in leases] == ["A", "B"]
    assert 1700 < leases[0]["expires_in_s"] <= 1800
    answer = post(
        client, "votes", lease=leases[0]["lease"], answer="xrb", key=str(uuid.uuid4()), dwell_ms=900
    )
    assert answer.status_code == 200
    assert Vote.objects.get().dwell_ms == 900
    assert Voter.objects.count() == 1


def test_a_vote_needs_nothing_but_its_lease(client: Client, make_source: Make) -> None:
    make_source()
    (lease,) = hand_out(client)
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, "votes", lease=lease["lease"], answer="agn", key=str(uuid.uuid4())).status_code == 200


def test_handing_out_is_protected_against_foreign_pages(make_source: Make) -> None:
    assert post(Client(enforce_csrf_checks=True), "leases").status_code == 403


def test_the_same_vote_again_answers_200_with_the_first(client: Client, make_source: Make) -> None:
    make_source()
    (lease,) = hand_out(client)
    sent = {"lease": lease["lease"], "answer": "agn", "key": str(uuid.uuid4())}
    first, again = (post(client, "votes", **sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() | {"replayed": True}


def test_nothing_tells_hidden_gold_from_other_sources(
    client: Client, make_source: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    GoldSource.objects.create(source=make_source("gold", queued=False), gold_class="cv", hidden=True)
    make_source("open")
    answers = []
    for kind in ("hidden", ""):
        monkeypatch.setattr("claxson.voting.rules.gold.draw", lambda n_votes, u, kind=kind: kind)
        (lease,) = hand_out(client)
        sent = {"lease": lease["lease"], "answer": "agn", "key": str(uuid.uuid4())}
        answers.append(post(client, "votes", **sent).json() | {"vote": 0})
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "bad_request"),
        ("[1]", 400, "bad_request"),
        ('{"answer": "agn"}', 400, "bad_request"),
        (json.dumps({"lease": "x", "answer": "agn", "key": str(uuid.UUID(int=7))}), 403, "forged_lease"),
    ],
)
def test_what_is_wrong_has_one_shape(client: Client, db: None, body: str, status: int, code: str) -> None:
    answer = client.post("/api/v1/votes/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]


def test_asking_too_fast_is_told_when_to_go_on(client: Client, make_source: Make) -> None:
    for name in "AB":
        make_source(name)
    hand_out(client)
    VoterRecord.objects.update(tokens=0.0, tokens_at="2100-01-01T00:00:00Z")
    answer = post(client, "leases", wanted=2)
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    assert answer.json()["error"]["code"] == "too_fast"


def test_the_last_vote_can_be_taken_back_and_given_anew(client: Client, make_source: Make) -> None:
    make_source()
    (lease,) = hand_out(client)
    sent = {"answer": "agn", "lease": lease["lease"], "key": str(uuid.uuid4())}
    post(client, "votes", **sent)
    again = post(client, "votes/undo").json()["lease"]
    assert post(client, "votes", **sent).status_code == 409
    anew = {"answer": "star", "lease": again["lease"], "key": str(uuid.uuid4())}
    assert post(client, "votes", **anew).status_code == 200
    assert list(Vote.objects.filter(withdrawn_at=None).values_list("answer", flat=True)) == ["star"]


def test_there_is_nothing_to_take_back_for_who_has_not_voted(client: Client, db: None) -> None:
    answer = post(client, "votes/undo")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_undo")


def test_one_network_sends_only_so_many_newcomers_a_day(client: Client, make_source: Make) -> None:
    make_source()
    hand_out(client)
    assert NewcomerCount.objects.get().network == "127.0.0.0"
    NewcomerCount.objects.update(n_voters=200)
    assert post(Client(), "leases").status_code == 429
    assert post(client, "leases").status_code == 200


def test_the_network_is_noted_once_a_day_without_the_last_part(client: Client, make_source: Make) -> None:
    make_source()
    for _ in range(2):
        hand_out(client)
    seen = SeenNetwork.objects.get()
    assert (seen.network, seen.voter_id) == ("127.0.0.0", Voter.objects.get().pk)
