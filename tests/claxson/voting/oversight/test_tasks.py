import datetime as dt
import logging

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from claxson.accounts.models import Voter
from claxson.voting import tasks
from claxson.voting.models import (
    Boost,
    ConsensusRun,
    Lease,
    NewcomerCount,
    QueueEntry,
    SeenNetwork,
    VoterRecord,
)
from claxson.voting.oversight.quarantine import quarantine
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.newcomers import note_network

pytestmark = pytest.mark.django_db
DUE = 0
CLOCK = {
    "release_expired_leases": "* * * * *",
    "apply_boosts_of_the_hour": "7 * * * *",
    "finish_interrupted_acts": "12 * * * *",
    "aggregate_all_votes": "5 2 * * *",
    "recount_every_counter": "35 2 * * *",
    "run_detectors": "5 3 * * *",
    "forget_networks": "20 3 * * *",
}


def test_the_worker_knows_every_job_and_its_time() -> None:
    known = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}
    assert {name: known.get(name) for name in CLOCK} == CLOCK


def test_each_job_runs_on_an_empty_site_and_twice(db) -> None:
    for name in [*CLOCK, *CLOCK]:
        getattr(tasks, name)(timestamp=DUE)
    assert not ConsensusRun.objects.exists()


def test_expired_leases_give_back_all_their_places(make_source, people) -> None:
    sources = [make_source(f"s{i}") for i in range(3)]
    for one in sources:
        for voter in people[:15]:
            hand_out(voter=voter, only=[one.pk])
    Lease.objects.update(expires_at="2020-01-01T00:00:00Z")
    tasks.release_expired_leases(timestamp=DUE)
    assert not Lease.objects.exists()
    assert set(QueueEntry.objects.values_list("n_leased", flat=True)) == {0}


def test_the_nightly_run_aggregates_and_the_recount_is_silent(source, people, votes_by, caplog) -> None:
    votes_by(source, people[:5])
    tasks.aggregate_all_votes(timestamp=DUE)
    tasks.recount_every_counter(timestamp=DUE)
    assert ConsensusRun.objects.get().n_votes == 5
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_wrong_counter_is_an_error_in_the_log_and_is_left_to_people(
    source, people, votes_by, caplog
) -> None:
    votes_by(source, people[:5])
    QueueEntry.objects.update(n_votes=4)
    tasks.recount_every_counter(timestamp=DUE)
    messages = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert messages[0] == f"source.n_votes of {source.pk} says 4, the rows say 5"
    assert QueueEntry.objects.get().n_votes == 4


def test_an_interrupted_quarantine_is_finished(source, people, votes_by) -> None:
    votes_by(source, people[:5])
    VoterRecord.objects.filter(voter=people[0]).update(quarantined_at=timezone.now())
    tasks.finish_interrupted_acts(timestamp=DUE)
    assert QueueEntry.objects.get().n_votes == 4
    assert quarantine(voter=people[0], reason="again").n_votes == 0


def test_boosts_end_and_networks_are_forgotten(source) -> None:
    past = timezone.now() - dt.timedelta(days=31)
    Boost.objects.create(source=source, weight=2, until=past)
    NewcomerCount.objects.create(network="192.0.2.0", day=past.date(), n_voters=1)
    note_network(Voter.objects.create().pk, "192.0.2.0", past.date())
    tasks.apply_boosts_of_the_hour(timestamp=DUE)
    tasks.forget_networks(timestamp=DUE)
    assert not Boost.objects.exists()
    assert not NewcomerCount.objects.exists()
    assert not SeenNetwork.objects.exists()
