"""Announcing events to whoever subscribed: a job of that name, deferred in the caller's transaction.

A lower app says what happened; the app that cares defines the task. So nothing is announced that was not
committed, and nothing committed goes unannounced.
"""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from claxson.core.statements import row_of

WAITING = "SELECT true FROM procrastinate_jobs WHERE queueing_lock = %(event)s AND status = 'todo'"


def announce(event: str) -> bool:
    """Queue the job of this name; False where one is already waiting (it will see this event's data too)."""
    # Asked beforehand, for a failed insert rolls back, and that costs the connection its prepared statements.
    if row_of(WAITING, {"event": event}):
        return False
    job = app.configure_task(event, queueing_lock=event, allow_unknown=True)
    try:
        with transaction.atomic():
            job.defer()
    except AlreadyEnqueued:
        return False
    return True
