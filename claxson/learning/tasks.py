"""Jobs of the worker. Each is safe to run twice: a job whose worker died is run again."""

import logging

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from claxson.learning.models import ModelVersion
from claxson.learning.services import predict_with_serving_model, retrain
from claxson.voting.models import Consensus

logger = logging.getLogger(__name__)


@app.task(name="consensus_reached", queueing_lock="consensus_reached", retry=3)
def retrain_when_due() -> None:
    """Retrain once enough consensus labels are new since the last candidate."""
    last = ModelVersion.objects.first()
    new = (
        Consensus.objects.filter(reached_at__gt=last.created_at).count()
        if last
        else Consensus.objects.count()
    )
    if new >= settings.RETRAIN_AFTER_LABELS:
        retrain(trigger=f"{new} new labels")


@app.task(name="sources_changed", queueing_lock="sources_changed")
def predict_new_sources() -> None:
    """New measurements ask for new predictions, not for a new model."""
    predict_with_serving_model()


@app.task(name="retrain", queueing_lock="retrain")
def retrain_by_hand() -> None:
    retrain(trigger="by hand")


@app.periodic(cron="* * * * *")
@app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A worker that was killed leaves its job behind: give it to the next one."""
    for job in await app.job_manager.get_stalled_jobs():
        logger.warning("job %s (%s) was left by a dead worker: retried", job.id, job.task_name)
        await app.job_manager.retry_job(job)
