"""Favourites and collections."""

import pytest

from claxson.accounts.models import User
from claxson.community import collections
from claxson.community.errors import NotTheirs, TooMany
from claxson.community.models import Collection, Kept
from claxson.community.reading import Shelf, shared_collection, shelves, sources_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(make_source):
    return make_source()


@pytest.fixture
def rings(user) -> Collection:
    return collections.make(owner=user, name="Rings")


def test_favourites_are_there_at_the_first_need_and_twice_is_once(user, source) -> None:
    assert shelves(user, source.pk) == [Shelf(0, "", holds=False)]
    for _ in range(2):
        collections.keep(owner=user, source_id=source.pk)
    (favourites,) = Collection.objects.all()
    assert shelves(user, source.pk) == [Shelf(favourites.pk, "", holds=True)]
    assert Kept.objects.count() == 1
    for _ in range(2):
        collections.keep(owner=user, source_id=source.pk, kept=False)
    assert not Kept.objects.exists()


def test_a_link_shows_it_until_it_is_taken_back_for_ever(user, rings, source) -> None:
    collections.keep(owner=user, source_id=source.pk, collection_id=rings.pk)
    link = collections.share(owner=user, collection_id=rings.pk, shared=True).link
    assert list(sources_in(shared_collection(link))) == [source]
    assert collections.share(owner=user, collection_id=rings.pk, shared=True).link == link
    collections.share(owner=user, collection_id=rings.pk, shared=False)
    assert shared_collection(link) is None
    assert collections.share(owner=user, collection_id=rings.pk, shared=True).link != link


def test_what_is_somebody_elses_is_not_touched(rings, source) -> None:
    other = User.objects.create_user("vera")
    acts = (
        lambda: collections.keep(owner=other, source_id=source.pk, collection_id=rings.pk),
        lambda: collections.rename(owner=other, collection_id=rings.pk, name="Mine"),
        lambda: collections.share(owner=other, collection_id=rings.pk, shared=True),
        lambda: collections.discard(owner=other, collection_id=rings.pk),
    )
    for act in acts:
        with pytest.raises(NotTheirs):
            act()
    assert Collection.objects.get().name == "Rings"


def test_no_two_have_the_same_name_and_favourites_have_none(user, rings) -> None:
    dips = collections.make(owner=user, name="Dips")
    favourites = collections.make(owner=user, name=collections.FAVOURITES)
    for pk, name in ((dips.pk, "Rings"), (favourites.pk, "Best"), (dips.pk, "")):
        with pytest.raises(NotTheirs):
            collections.rename(owner=user, collection_id=pk, name=name)
    assert collections.rename(owner=user, collection_id=dips.pk, name="Dippers").name == "Dippers"


def test_there_is_an_end_to_both(user, rings, make_source, source, monkeypatch) -> None:
    monkeypatch.setattr(collections, "MOST_COLLECTIONS", 1)
    monkeypatch.setattr(collections, "MOST_KEPT", 1)
    with pytest.raises(TooMany):
        collections.make(owner=user, name="More")
    collections.keep(owner=user, source_id=source.pk, collection_id=rings.pk)
    with pytest.raises(TooMany):
        collections.keep(owner=user, source_id=make_source("b").pk, collection_id=rings.pk)
