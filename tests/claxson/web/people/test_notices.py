"""The bell and the page of notices."""

import pytest
from django.test import Client

from claxson.accounts.models import Voter
from claxson.accounts.visitors import COOKIE
from claxson.voting.models import Notice, QueueEntry
from claxson.voting.telling.notices import tell_news
from claxson.web.people.news import news

PAGE = "/en/me/notices/"


@pytest.fixture
def told(make_source, voter, vote_on, crowd_votes) -> Notice:
    source = make_source()
    vote_on(source, voter, "star")
    crowd_votes(source, 19, "agn")
    tell_news()
    return Notice.objects.get()


def test_the_bell_counts_until_they_are_read(volunteer: Client, told: Notice) -> None:
    assert 'aria-label="Notices: 1 new"' in volunteer.get("/en/").text
    page = volunteer.get(PAGE).text
    assert "The crowd has decided: An AGN." in page
    assert 'aria-label="Notices: 1 new"' in page
    volunteer.post(f"{PAGE}read")
    assert 'aria-label="Notices"' in volunteer.get(PAGE).text


def test_a_visitor_without_an_account_has_them_too(client: Client, make_source, crowd_votes) -> None:
    source = make_source()
    client.get("/en/classify/")
    (visitor,) = Voter.objects.all()
    page = client.get(f"/en/classify/{source.name}/").context
    vote = {"lease": page["lease"].token, "key": page["form"].key_to_send, "answer": "agn"}
    client.post(f"/en/classify/{source.name}/", vote)
    crowd_votes(source, 19)
    tell_news()
    assert Notice.objects.get().voter == visitor
    assert 'aria-label="Notices: 1 new"' in client.get("/en/").text


def test_nobody_has_no_bell_and_a_forged_cookie_neither(client: Client, told: Notice) -> None:
    assert "Notices" not in client.get("/en/").text
    client.cookies[COOKIE] = told.voter_id.hex
    assert "Notices" not in client.get("/en/").text
    assert "There are none yet." in client.get(PAGE).text
    client.post(f"{PAGE}read")
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("after", ["consensus", "review", "confirmed", "overruled"])
@pytest.mark.parametrize("agreed", [True, False, None])
def test_no_word_of_it_shames(told: Notice, after: str, agreed: bool | None) -> None:
    told.event.after, told.agreed = after, agreed
    one = news(told)
    assert one.praise
    assert not {"wrong", "mistake", "not"} & set(f"{one.told} {one.praise}".lower().replace(".", "").split())


def test_the_first_are_told_so(told: Notice) -> None:
    told.first = told.agreed = True
    assert news(told).praise == "You were the first to say so."
    told.first, told.event.after = False, QueueEntry.State.CONFIRMED
    assert news(told).praise == "You agreed with the astronomers."


def test_the_page_takes_the_same_queries_however_many_there_are(
    volunteer: Client, told: Notice, make_source, vote_on, crowd_votes, django_assert_num_queries
) -> None:
    for i in range(4):
        source = make_source(str(i))
        vote_on(source, told.voter)
        crowd_votes(source, 19)
    tell_news()
    with django_assert_num_queries(8):
        volunteer.get(PAGE)
