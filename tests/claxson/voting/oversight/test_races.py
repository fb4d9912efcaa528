"""Administrative acts while everybody votes: whatever the order, counters equal rows at the end."""

import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from claxson.accounts.models import User, Voter
from claxson.core.errors import ClaxsonError
from claxson.voting.models import QueueEntry, Vote, VoterRecord
from claxson.voting.oversight.quarantine import finish_interrupted, quarantine, release
from claxson.voting.oversight.questions import enact, restart_stragglers
from claxson.voting.oversight.recount import compare
from claxson.voting.privacy.erasure import erase_person
from claxson.voting.rules.question import FIRST
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.withdrawal import undo_last

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sky(make_source):
    return [make_source(f"s{i}") for i in range(6)]


@pytest.fixture
def people(make_voters) -> list[Voter]:
    return make_voters(24)


def voting(voter: Voter) -> None:
    """Six votes, one of them taken back and given again."""
    rng = random.Random(str(voter.pk))
    try:
        for turn in range(6):
            for held in hand_out(voter=voter):
                cast_vote(ballot=Ballot(held.token, rng.choice(["agn", "star"]), uuid.uuid4()))
            if turn == 2:
                undo_last(voter=voter)
    except ClaxsonError:  # the account was erased meanwhile, or nothing is left
        pass
    finally:
        connection.close()


def acting(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()


def all_at_once(people: list[Voter], *acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(voting, voter) for voter in people[:12]]
        jobs += [pool.submit(acting, act) for act in acts]
        jobs += [pool.submit(voting, voter) for voter in people[12:]]
        for job in jobs:
            job.result()


def test_quarantine_and_release_while_everybody_votes(sky, people) -> None:
    acts = [lambda v=voter: quarantine(voter=v, reason="x") for voter in people[10:14]]
    all_at_once(people, *acts, lambda: release(voter=people[11], reason="x"))
    finish_interrupted()
    assert compare() == []
    held = VoterRecord.objects.exclude(quarantined_at=None).values_list("voter", flat=True)
    assert not Vote.objects.filter(voter__in=held, counted=True).exists()


def test_another_question_while_everybody_votes(sky, people) -> None:
    all_at_once(people, lambda: enact(question=replace(FIRST, answers=FIRST.answers[:4]), reason="x"))
    restart_stragglers()
    assert compare() == []
    still_open = QueueEntry.objects.filter(state="voting").values_list("pk", flat=True)
    assert not Vote.objects.filter(source__in=still_open, counted=True, question_version=1).exists()


def test_erasure_while_its_owner_votes(sky, people) -> None:
    users = [User.objects.create_user(f"u{i}") for i in range(4)]
    owners = [Voter.objects.create(user=user) for user in users]
    all_at_once([*people[:8], *owners, *people[8:]], *(lambda u=user: erase_person(user=u) for user in users))
    assert not User.objects.exists()
    assert not Voter.objects.filter(pk__in=[voter.pk for voter in owners], votes__isnull=False).exists()
    assert compare() == []
