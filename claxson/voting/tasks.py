"""Jobs of the worker that keep the vote in order, by the clock. Each is safe to run twice, and after a crash.

`timestamp` is when a job was due; what they do depends on the database's clock alone.
"""

import logging

from django.db.models.functions import Now
from procrastinate.contrib.django import app

from claxson.voting.aggregation.runs import aggregate_all
from claxson.voting.models import Lease
from claxson.voting.oversight.detection import detect
from claxson.voting.oversight.quarantine import finish_interrupted
from claxson.voting.oversight.questions import restart_stragglers
from claxson.voting.oversight.recount import compare
from claxson.voting.services.leasing import release_expired
from claxson.voting.services.newcomers import forget_old_networks
from claxson.voting.services.queueing import apply_boosts
from claxson.voting.telling.notices import forget_old_notices, tell_news

logger = logging.getLogger(__name__)

# One call frees so many places; what votes hold at the moment waits for the next minute.
ROUNDS = 100


@app.periodic(cron="* * * * *")
@app.task(name="release_expired_leases", queueing_lock="release_expired_leases")
def release_expired_leases(timestamp: int) -> None:
    for _ in range(ROUNDS):
        if not Lease.objects.filter(expires_at__lte=Now()).exists():
            return
        release_expired()


@app.periodic(cron="* * * * *")
@app.task(name="tell_what_became_of_sources", queueing_lock="tell_what_became_of_sources")
def tell_what_became_of_sources(timestamp: int) -> None:
    tell_news()


@app.periodic(cron="7 * * * *")
@app.task(name="apply_boosts_of_the_hour", queueing_lock="apply_boosts_of_the_hour")
def apply_boosts_of_the_hour(timestamp: int) -> None:
    apply_boosts()


@app.periodic(cron="12 * * * *")
@app.task(name="finish_interrupted_acts", queueing_lock="finish_interrupted_acts")
def finish_interrupted_acts(timestamp: int) -> None:
    moved, restarted = finish_interrupted(), restart_stragglers()
    if moved or restarted:
        logger.warning(
            "interrupted acts were finished: %d votes moved, %d sources restarted", moved, restarted
        )


@app.periodic(cron="5 2 * * *")
@app.task(name="aggregate_all_votes", queueing_lock="aggregate_all_votes")
def aggregate_all_votes(timestamp: int) -> None:
    aggregate_all()


@app.periodic(cron="35 2 * * *")
@app.task(name="recount_every_counter", queueing_lock="recount_every_counter")
def recount_every_counter(timestamp: int) -> None:
    """It reports and mends nothing: a difference is a defect that somebody must see."""
    differences = compare()
    if differences:
        logger.error("recount: %d counters differ from their rows; see `manage.py recount`", len(differences))


@app.periodic(cron="5 3 * * *")
@app.task(name="run_detectors", queueing_lock="run_detectors")
def run_detectors(timestamp: int) -> None:
    new = detect()
    if new:
        logger.warning("detectors: %d new suspicions; see `manage.py suspicions`", new)


@app.periodic(cron="20 3 * * *")
@app.task(name="forget_networks", queueing_lock="forget_networks")
def forget_networks(timestamp: int) -> None:
    forget_old_networks()


@app.periodic(cron="25 3 * * *")
@app.task(name="forget_notices", queueing_lock="forget_notices")
def forget_notices(timestamp: int) -> None:
    forget_old_notices()
