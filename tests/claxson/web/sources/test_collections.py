"""Favourites and collections as pages."""

import pytest
from django.test import Client

from claxson.accounts.models import User
from claxson.community.models import Collection, Kept


@pytest.fixture
def source(make_source):
    return make_source("4XMM J1")


def post(client: Client, name: str, **data: str) -> str:
    return client.post(f"/en/sources/{name}/keep", data, follow=True).text


def test_a_favourite_is_kept_and_let_go_by_the_same_button(volunteer: Client, source) -> None:
    page = volunteer.get(f"/en/sources/{source.name}/").text
    assert 'aria-pressed="false"' in page
    assert 'aria-pressed="true"' in post(volunteer, source.name, collection="0", kept="on")
    (favourites,) = Collection.objects.all()
    assert "Favourites</a>" in volunteer.get("/en/me/").text
    assert 'aria-pressed="false"' in post(volunteer, source.name, collection=str(favourites.pk))
    assert not Kept.objects.exists()


def test_a_collection_is_made_shared_and_deleted(volunteer: Client, source) -> None:
    assert "Rings" in post(volunteer, source.name, new="Rings")
    pk = Collection.objects.get().pk
    volunteer.post(f"/en/me/collections/{pk}/share", {"shared": "on"})
    address = f"/en/collections/{Collection.objects.get().link}/"
    assert address in volunteer.get(f"/en/me/collections/{pk}/").text
    shared = Client().get(address)
    assert (source.name in shared.text, "ada" in shared.text) == (True, False)
    assert shared["X-Robots-Tag"] == "noindex"
    volunteer.post(f"/en/me/collections/{pk}/share")
    assert Client().get(address).status_code == 404
    assert "is gone" in volunteer.post(f"/en/me/collections/{pk}/discard", follow=True).text


def test_it_is_renamed_and_emptied_on_its_own_page(volunteer: Client, source) -> None:
    post(volunteer, source.name, new="Rings")
    pk = Collection.objects.get().pk
    named = volunteer.post(f"/en/me/collections/{pk}/rename", {"name": "Halos"}, follow=True).text
    assert "<h1>Halos</h1>" in named
    assert "It is empty." in post(volunteer, source.name, collection=str(pk), to_collection="1")


@pytest.mark.parametrize("act", ["", "rename", "share", "discard"])
def test_somebody_elses_is_not_there(volunteer: Client, act: str) -> None:
    theirs = Collection.objects.create(
        owner=User.objects.create(username="vera"), name="x", made_at="2026-01-01T00Z"
    )
    address = f"/en/me/collections/{theirs.pk}/{act}"
    answer = volunteer.post(address, {"name": "y"}) if act else volunteer.get(address)
    assert answer.status_code == 404
    assert Collection.objects.get().name == "x"


def test_what_is_wrong_changes_nothing(volunteer: Client, source) -> None:
    assert "could not be kept" in post(volunteer, source.name, collection="999", kept="on")
    assert volunteer.post("/en/sources/nowhere/keep").status_code == 404
    assert Client().post(f"/en/sources/{source.name}/keep")["Location"].startswith("/en/accounts/login/")
    assert not Kept.objects.exists()
