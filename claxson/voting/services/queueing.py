"""What stands in the queue and how far up: opening sources, setting gold apart, interest, pins, campaigns."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from claxson.catalogue.imports.upserts import chunks
from claxson.catalogue.models import Source
from claxson.core.staging import stage
from claxson.voting.models import Boost, GoldSource, Label, QueueEntry
from claxson.voting.services.recounting import change_many_entries

# One gold source in four is never told: enough to measure skill, few enough to leave examples to learn from.
HIDDEN_ONE_IN = 4


@transaction.atomic
def enqueue_sources_with_products() -> int:
    """Open every source that has something to look at: to votes, or as gold where its class is known."""
    waiting = Source.objects.filter(queue_entry=None, gold_source=None, products__isnull=False, label=None)
    ids = list(waiting.order_by("pk").distinct().values_list("pk", flat=True))
    for chunk in chunks(ids):
        QueueEntry.objects.bulk_create((QueueEntry(source_id=pk) for pk in chunk), ignore_conflicts=True)
    set_gold_apart()
    return len(ids)


@transaction.atomic
def set_gold_apart() -> int:
    """Labelled sources with products become gold, unless volunteers have begun to vote on them; how many."""
    labels = Label.objects.filter(source__products__isnull=False, source__gold_source=None)
    untouched = labels.exclude(source__votes__isnull=False).exclude(source__leases__isnull=False).distinct()
    gold = [
        GoldSource(pk=label.pk, gold_class=label.source_class, hidden=_is_hidden(label.source.name))
        for label in untouched.select_related("source")
    ]
    QueueEntry.objects.filter(pk__in=[g.pk for g in gold]).delete()
    GoldSource.objects.bulk_create(gold, ignore_conflicts=True)
    return len(gold)


def _is_hidden(name: str) -> bool:
    """Fixed by the name, so that no import ever moves a source that was told among those that measure."""
    return hashlib.sha256(b"gold " + name.encode()).digest()[0] % HIDDEN_ONE_IN == 0


@transaction.atomic
def set_interests(*, interests: Mapping[int, float]) -> None:
    """The classifier's side of each queued source's priority (source id -> interest)."""
    change_many_entries()
    with connection.cursor() as cursor:
        stage(cursor, "new_interest", "id bigint, value float8", interests.items())
        # Priorities are sums: the difference suffices.
        cursor.execute(
            """
            UPDATE voting_queueentry q SET interest = value, priority = q.priority - q.interest + value
            FROM new_interest WHERE q.source_id = new_interest.id AND q.interest <> value
            """
        )


@transaction.atomic
def boost(
    *, sources: Sequence[int], weight: float, campaign: str = "", until: dt.datetime | None = None
) -> None:
    """Pin sources, or put them in a campaign; the same again changes weight and end."""
    Boost.objects.bulk_create(
        [Boost(source_id=pk, campaign=campaign, weight=weight, until=until) for pk in sources],
        update_conflicts=True,
        unique_fields=["source", "campaign"],
        update_fields=["weight", "until"],
    )
    apply_boosts()


@transaction.atomic
def apply_boosts() -> None:
    """Priorities as the pins and campaigns of this moment have them; those that ended are dropped."""
    change_many_entries()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM voting_boost WHERE until <= statement_timestamp()")
        cursor.execute(
            """
            UPDATE voting_queueentry q SET boost = new.total, priority = q.priority - q.boost + new.total
            FROM (
                SELECT e.source_id, coalesce(sum(b.weight), 0) AS total
                FROM voting_queueentry e LEFT JOIN voting_boost b USING (source_id)
                GROUP BY e.source_id HAVING coalesce(sum(b.weight), 0) <> max(e.boost)
            ) new WHERE q.source_id = new.source_id
            """
        )
