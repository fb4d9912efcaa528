"""Writes on favourites and collections. Each says what shall be, so that the same request twice is once."""

from django.db import transaction
from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.community.errors import NotTheirs, TooMany
from claxson.community.models import Collection, Kept

FAVOURITES = ""
MOST_COLLECTIONS = 50
MOST_KEPT = 2000


@transaction.atomic
def keep(*, owner: User, source_id: int, collection_id: int | None = None, kept: bool = True) -> Collection:
    """Into a collection, or out of it; without one, among the favourites."""
    collection = make(owner=owner, name=FAVOURITES) if collection_id is None else own(owner, collection_id)
    if not kept:
        Kept.objects.filter(collection=collection, source_id=source_id).delete()
    elif not Kept.objects.filter(collection=collection, source_id=source_id).exists():
        if collection.kept.count() >= MOST_KEPT:
            raise TooMany("This collection is full; nothing was stored.")
        Kept.objects.get_or_create(collection=collection, source_id=source_id, defaults={"at": Now()})
    return collection


@transaction.atomic
def make(*, owner: User, name: str) -> Collection:
    """The collection of that name, made at the first need."""
    collection = Collection.objects.filter(owner=owner, name=name).first()
    if collection is None:
        if Collection.objects.filter(owner=owner).count() >= MOST_COLLECTIONS:
            raise TooMany("You have as many collections as there may be; nothing was stored.")
        collection, _ = Collection.objects.get_or_create(owner=owner, name=name, defaults={"made_at": Now()})
    return collection


@transaction.atomic
def rename(*, owner: User, collection_id: int, name: str) -> Collection:
    """Favourites have no name, and no two collections the same."""
    collection = own(owner, collection_id)
    namesake = Collection.objects.filter(owner=owner, name=name).exclude(pk=collection.pk)
    if collection.is_favourites or not name or namesake.exists():
        raise NotTheirs("A collection of that name is there already.")
    collection.name = name
    collection.save(update_fields=["name"])
    return collection


@transaction.atomic
def share(*, owner: User, collection_id: int, shared: bool) -> Collection:
    """Under a link that nobody can guess; one that was taken back never leads here again."""
    collection = own(owner, collection_id)
    if shared != (collection.link is not None):
        collection.link = Collection.new_link() if shared else None
        collection.save(update_fields=["link"])
    return collection


def discard(*, owner: User, collection_id: int) -> None:
    """The collection goes, its sources stay where they are."""
    own(owner, collection_id).delete()


def own(owner: User, collection_id: int) -> Collection:
    collection = Collection.objects.filter(owner=owner, pk=collection_id).first()
    if collection is None:
        raise NotTheirs("There is no such collection of yours.")
    return collection
