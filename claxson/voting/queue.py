"""Opening sources to volunteers."""

from django.db import transaction

from claxson.catalogue.imports.upserts import chunks
from claxson.catalogue.models import Source
from claxson.voting.models import QueueEntry


@transaction.atomic
def enqueue_sources_with_products() -> int:
    """Put every source that has something to look at into the queue; how many are new there."""
    waiting = Source.objects.filter(queue_entry=None, products__isnull=False).order_by("pk").distinct()
    ids = list(waiting.values_list("pk", flat=True))
    for chunk in chunks(ids):
        QueueEntry.objects.bulk_create((QueueEntry(source_id=pk) for pk in chunk), ignore_conflicts=True)
    return len(ids)
