import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from claxson.core.jobs import announce
from claxson.learning.models import ModelVersion
from claxson.learning.tasks import retrain_when_due

pytestmark = pytest.mark.django_db


def test_a_consensus_leaves_one_job_waiting(literature, close_source) -> None:
    close_source("agn", 1)
    close_source("star", 2)
    assert [job.task_name for job in ProcrastinateJob.objects.all()] == ["consensus_reached"]


def test_an_announcement_that_is_rolled_back_leaves_no_job(db) -> None:
    with transaction.atomic():
        announce("consensus_reached")
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_a_job_that_waits_already_is_not_queued_to_fail(db, django_assert_num_queries) -> None:
    """A failed insert rolls back, and then the driver forgets the connection's prepared statements."""
    assert announce("consensus_reached")
    with django_assert_num_queries(0):
        assert not announce("consensus_reached")


def test_it_retrains_once_enough_labels_are_new(literature, close_source, settings) -> None:
    settings.RETRAIN_AFTER_LABELS = 2
    close_source("agn", 1)
    retrain_when_due()
    assert not ModelVersion.objects.exists()
    close_source("star", 2)
    retrain_when_due()
    assert ModelVersion.objects.get().trigger == "2 new labels"
    retrain_when_due()
    assert ModelVersion.objects.count() == 1
