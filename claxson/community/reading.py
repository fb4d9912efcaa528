"""Reads over comments and collections, for one reader."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from claxson.community.models import Collection, Comment, Kept, Report

State = Comment.State
MOST_SHOWN = 200
RECENTLY_HIDDEN = 30
UNSEEN = Q(state=State.WAITING) | Q(n_reports__gt=0, state=State.SHOWN)


@dataclass(frozen=True)
class Shelf:
    """A collection of the reader's, and whether it holds the source in question."""

    id: int
    name: str
    holds: bool


def comments_on(source_id: int, reader: User | None) -> list[Comment]:
    """Oldest first: what everybody may read, and the reader's own that wait or were hidden."""
    own = Q(author=reader) & ~Q(state=State.WITHDRAWN) if reader else Q(pk__in=[])
    comments = Comment.objects.filter(Q(state=State.SHOWN) | own, source_id=source_id)
    if reader:
        reported = Report.objects.filter(comment=OuterRef("pk"), reporter=reader)
        comments = comments.annotate(reported=Exists(reported))
    return list(reversed(comments.select_related("author").order_by("-written_at", "-pk")[:MOST_SHOWN]))


def unseen_comments() -> QuerySet[Comment]:
    """What waits for a moderator, the longest waiting first, each with its open reports."""
    return _for_moderators().filter(UNSEEN).order_by("written_at", "pk")


def hidden_comments() -> list[Comment]:
    """The newest of those that were hidden."""
    return list(_for_moderators().filter(state=State.HIDDEN).order_by("-written_at")[:RECENTLY_HIDDEN])


def shelves(owner: User, source_id: int) -> list[Shelf]:
    """The reader's collections, the favourites first even before there are any."""
    holds = Exists(Kept.objects.filter(collection=OuterRef("pk"), source_id=source_id))
    rows = Collection.objects.filter(owner=owner).annotate(holds=holds).order_by("name", "pk")
    found = [Shelf(*row) for row in rows.values_list("pk", "name", "holds")]
    return found if found and not found[0].name else [Shelf(0, "", holds=False), *found]


def collections_of(owner: User) -> QuerySet[Collection]:
    """With the number of sources in each, the favourites first."""
    return Collection.objects.filter(owner=owner).annotate(n=Count("kept")).order_by("name", "pk")


def shared_collection(link: UUID) -> Collection | None:
    """What its owner shares; who that is stays with them."""
    return Collection.objects.filter(link=link).first()


def sources_in(collection: Collection) -> QuerySet[Source]:
    """The newest first."""
    return Source.objects.filter(kept__collection=collection).order_by("-kept__at", "pk")


def _for_moderators() -> QuerySet[Comment]:
    reports = Prefetch(
        "reports", Report.objects.filter(settled_at=None).order_by("pk"), to_attr="open_reports"
    )
    counted = Comment.objects.annotate(n_reports=Count("reports", filter=Q(reports__settled_at=None)))
    return counted.select_related("author", "source").prefetch_related(reports)
