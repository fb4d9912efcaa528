"""A request that found its voter before they were erased, and goes on after."""

import json
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import RequestFactory

from claxson.accounts.models import User, Voter
from claxson.api.votes import leases
from claxson.voting.errors import UnknownVoter
from claxson.voting.models import Lease, VoterRecord
from claxson.voting.privacy.erasure import erase_person
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.preferences import prefer
from claxson.web.classify.pages import next_source

pytestmark = pytest.mark.django_db(transaction=True)
Request = RequestFactory()


@pytest.fixture(params=[True, False], ids=["voted before", "never voted"])
def gone(request, source, user) -> User:
    """An account as a request has it in hand, erased by another."""
    if request.param:
        hand_out(voter=Voter.objects.create(user=user))
    erase_person(user=User.objects.get(pk=user.pk))
    return user


@pytest.mark.parametrize(
    "act",
    [lambda voter: hand_out(voter=voter), lambda voter: prefer(voter, daily_goal=5, time_zone="UTC")],
    ids=["asks for a source", "stores settings"],
)
def test_who_was_erased_is_handed_nothing_and_nothing_is_kept(source, act: Callable[[Voter], object]) -> None:
    voter = Voter.objects.create()
    Voter.objects.filter(pk=voter.pk).delete()
    with pytest.raises(UnknownVoter):
        act(voter)
    assert not VoterRecord.objects.exists()
    assert not Lease.objects.exists()


def test_the_api_answers_as_it_does_to_a_vote(gone: User) -> None:
    request = Request.post("/api/v1/leases/", "{}", content_type="application/json")
    request.user = gone
    answer = leases(request)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert json.loads(answer.content)["error"]["code"] == "unknown_source"


def test_a_page_leads_to_the_beginning(gone: User) -> None:
    request = Request.get("/en/classify/")
    request.user, request.session = gone, {}
    assert next_source(request)["Location"] == "/en/"
