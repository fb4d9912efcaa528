"""Administrative acts while everybody votes: whatever the order, counters equal rows at the end."""

import random
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction

from claxson.accounts.models import User, Voter
from claxson.core.errors import ClaxsonError
from claxson.voting.aggregation.runs import aggregate_all
from claxson.voting.models import QueueEntry, Vote, VoterRecord
from claxson.voting.oversight.quarantine import finish_interrupted, quarantine, release
from claxson.voting.oversight.questions import enact, restart_stragglers
from claxson.voting.oversight.recount import compare
from claxson.voting.privacy.erasure import erase_person
from claxson.voting.rules.question import FIRST
from claxson.voting.services.adoption import adopt
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.recounting import locked_entries
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


def until_somebody_waits() -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(500):
        with connection.cursor() as cursor:
            if cursor.execute(waiting).fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def test_signing_in_takes_several_sources_in_the_order_of_a_step(sky) -> None:
    user, visitor = User.objects.create_user("ada"), Voter.objects.create()
    Voter.objects.create(user=user)
    for source in (sky[1], sky[0]):
        hand_out(voter=visitor, only=[source.pk])
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        locked_entries([sky[0].pk])
        signing_in = pool.submit(acting, lambda: adopt(visitor=visitor, user=user))
        until_somebody_waits()
        locked_entries([sky[1].pk])
        transaction.on_commit(signing_in.result)
    assert compare() == []


def test_a_run_over_all_votes_holds_no_voter_while_it_waits_for_a_source(sky, people, votes_by) -> None:
    votes_by(sky[0], people[:5])
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        locked_entries([sky[0].pk])
        run = pool.submit(acting, aggregate_all)
        until_somebody_waits()
        VoterRecord.objects.filter(voter=people[0]).update(tokens=0)  # as a vote on it would
        transaction.on_commit(run.result)
    assert compare() == []
