"""Every page address can be opened: those that take forms alone lead to the page of the form."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from claxson.accounts.models import User
from claxson.catalogue.models import Source
from claxson.community.models import Collection, Comment

FOR_FORMS = {
    *("account_export", "account_erase", "classify_undo", "classify_training", "classify_vote"),
    *("classify_skip", "comment_write", "comment_edit", "comment_withdraw", "comment_report", "keep"),
    *("collection_rename", "collection_share", "collection_discard", "me_preferences", "moderation_decide"),
    *("notices_read", "set_language"),
}


def pages() -> Iterator[URLPattern]:
    """Every named address that begins with a language."""

    def walk(patterns: list[Any]) -> Iterator[URLPattern]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            else:
                yield one

    roots = get_resolver().url_patterns
    return walk([root for root in roots if re.match(r"^\w\w/$", str(root.pattern))])


PAGES = {str(page.name): page for page in pages()}


@pytest.fixture
def address_of(user: User, seen_source: Source) -> Callable[[str], str]:
    """Of something that is there, as far as the address names something."""
    kept = {"pk": 7, "made_at": "2026-01-01T00:00Z"}
    Collection.objects.create(owner=user, name="mine", **kept)
    Comment.objects.create(author=user, source=seen_source, text="x", written_at=kept["made_at"], pk=7)
    known = {"name": seen_source.name, "pk": 7, "number": 1, "link": uuid.uuid4(), "uidb36": "1", "key": "x"}

    def address(name: str) -> str:
        wanted = PAGES[name].pattern.converters.keys() | PAGES[name].pattern.regex.groupindex.keys()
        return reverse(name, kwargs={key: known[key] for key in wanted})

    return address


def test_what_takes_forms_alone_is_known() -> None:
    assert {name for name, page in PAGES.items() if hasattr(page.callback, "sent_from")} == FOR_FORMS


@pytest.mark.parametrize("name", PAGES)
def test_every_page_address_can_be_opened(
    volunteer: Client, address_of: Callable[[str], str], name: str
) -> None:
    assert volunteer.get(address_of(name)).status_code != 405


@pytest.mark.parametrize("name", sorted(FOR_FORMS))
def test_an_address_for_forms_leads_to_a_page_in_the_same_language(
    volunteer: Client, address_of: Callable[[str], str], name: str
) -> None:
    answer = volunteer.get(address_of(name).replace("/en/", "/fr/"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/fr/")
    page = volunteer.get(answer["Location"], follow=True)
    assert page.status_code == (403 if name == "moderation_decide" else 200)


def test_the_languages_of_a_refused_form_lead_to_its_page(
    volunteer: Client, user: User, seen_source: Source
) -> None:
    page = volunteer.post("/en/account/erase/", {"password": "wrong"})
    assert page.status_code == 400
    assert 'href="/fr/account/" lang="fr"' in page.text
    page = volunteer.post(f"/en/sources/{seen_source.name}/comment", {"text": ""})
    assert 'href="/el/sources/4XMM%20J000000.1+000000/" lang="el"' in page.text


def test_a_method_that_nobody_takes_is_explained_in_a_page(client: Client, db: None) -> None:
    page = client.put("/en/account/erase/")
    assert (page.status_code, page["Allow"]) == (405, "GET, HEAD, POST")
    assert "<h1>Not like this</h1>" in page.text
    assert client.post("/en/me/").text.count("405") == 1


def test_the_api_keeps_its_own_shape(client: Client, db: None) -> None:
    assert "<html" not in client.get("/api/v1/leases/").text
