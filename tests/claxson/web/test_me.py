import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.community.selectors import standing_of
from claxson.voting.models import ActiveDay, GoldSource, VoterRecord

Make = Callable[..., Source]
ME = "/en/me/"


def test_nobody_becomes_a_voter_by_looking(client: Client, db: None) -> None:
    page = client.get(ME)
    assert "You have not classified a source yet." in page.text
    assert not Voter.objects.exists()


def test_what_became_of_an_open_and_of_a_closed_source(
    volunteer: Client, voter: Voter, make_source: Make, vote_on: Any, crowd_votes: Any
) -> None:
    vote_on(make_source("open"), voter, "star")
    closed = make_source("closed")
    vote_on(closed, voter, "star")
    crowd_votes(closed, 19, "agn")
    page = volunteer.get(ME).text
    assert page.count("Waiting for more answers") == 1
    assert "The crowd: An AGN" in page
    assert "not as you said" in page


@pytest.mark.parametrize(("hidden", "told"), [(False, True), (True, False)])
def test_hidden_gold_looks_like_a_source_that_waits(
    volunteer: Client, voter: Voter, make_source: Make, answer_gold: Any, hidden: bool, told: bool
) -> None:
    source = make_source("gold", queued=False)
    gold = GoldSource.objects.create(source=source, gold_class="cv", hidden=False)
    answer_gold(source, voter, "agn")
    if hidden:
        voter.votes.update(mode="hidden")
        GoldSource.objects.filter(pk=gold.pk).update(hidden=True)
    page = volunteer.get(ME).text
    assert ("Known: A cataclysmic variable" in page) is told
    assert ("Waiting for more answers" in page) is not told


def test_the_success_rate_has_its_interval_and_the_classes_their_skill(
    volunteer: Client, voter: Voter, make_source: Make, answer_gold: Any
) -> None:
    source = make_source("gold", queued=False)
    GoldSource.objects.create(source=source, gold_class="agn", hidden=False)
    answer_gold(source, voter, "agn")
    page = volunteer.get(ME).text
    assert "From 1 source of known class; between 21% and 100%, with 95% confidence." in page
    assert "(1)</span>" in page


def test_goal_and_time_zone_are_saved(volunteer: Client, voter: Voter) -> None:
    answer = volunteer.post(f"{ME}preferences", {"daily_goal": "10", "time_zone": "Pacific/Auckland"})
    assert answer["Location"] == ME
    record = VoterRecord.objects.get(voter=voter)
    assert (record.daily_goal, record.time_zone) == (10, "Pacific/Auckland")


@pytest.mark.parametrize(("goal", "zone"), [("7", "UTC"), ("x", "UTC"), ("5", "Mars/Olympus"), ("5", "")])
def test_what_does_not_exist_is_refused_and_nothing_is_saved(
    volunteer: Client, voter: Voter, goal: str, zone: str
) -> None:
    answer = volunteer.post(f"{ME}preferences", {"daily_goal": goal, "time_zone": zone})
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.text
    assert not VoterRecord.objects.filter(voter=voter).exclude(daily_goal=5, time_zone="UTC").exists()


def test_time_zones_come_by_region_each_place_once(volunteer: Client, voter: Voter) -> None:
    VoterRecord.objects.create(voter=voter, time_zone="America/Toronto")
    page = volunteer.get(ME).text
    assert '<optgroup label="Pacific Ocean">' in page
    assert '<option value="America/Toronto" selected>Toronto</option>' in page
    assert '<option value="Asia/Kolkata">Kolkata</option>' in page
    for old in ("Asia/Calcutta", "US/Eastern", "Etc/GMT"):
        assert old not in page


def test_a_zone_of_an_old_name_stays_as_it_was_chosen(volunteer: Client, voter: Voter) -> None:
    VoterRecord.objects.create(voter=voter, time_zone="US/Eastern")
    assert '<option value="US/Eastern" selected>US/Eastern</option>' in volunteer.get(ME).text
    volunteer.post(f"{ME}preferences", {"daily_goal": "10", "time_zone": "US/Eastern"})
    assert VoterRecord.objects.get(voter=voter).daily_goal == 10


def test_the_language_is_a_setting_that_is_kept(client: Client, db: None) -> None:
    page = client.get("/it/me/").text
    assert 'value="it" lang="it" aria-current="true">Italiano</button>' in page
    answer = client.post("/it/account/language/", {"language": "el", "next": "/it/me/"})
    assert answer["Location"] == "/el/me/"
    assert client.get("/", headers={"accept-language": "fr"})["Location"] == "/el/"
    assert client.get("/fr/me/").status_code == 200
    assert answer.cookies["claxson_language"]["httponly"]


def test_what_is_left_today_is_counted_in_the_persons_own_day(voter: Voter) -> None:
    VoterRecord.objects.create(voter=voter, daily_goal=5, time_zone="UTC")
    today = timezone.now().astimezone(dt.UTC).date()
    ActiveDay.objects.create(voter=voter, day=today, n_votes=3)
    ActiveDay.objects.create(voter=voter, day=today - dt.timedelta(days=1), n_votes=9)
    assert standing_of(voter).left_today == 2


def test_a_visitor_is_offered_an_account_after_five_votes(client: Client, make_source: Make) -> None:
    make_source()
    client.get("/en/classify/")
    assert "Keep your answers" not in client.get(ME).text
    VoterRecord.objects.update(n_votes=5)
    assert "Keep your answers" in client.get(ME).text


def test_the_page_takes_the_same_few_queries_however_many_answers_there_are(
    volunteer: Client, voter: Voter, make_source: Make, vote_on: Any, django_assert_num_queries: Any
) -> None:
    for i in range(23):
        vote_on(make_source(f"source {i:02}"), voter)
    with django_assert_num_queries(17):
        page = volunteer.get(ME).text
    assert "Page 1 of 2" in page
    assert volunteer.get(f"{ME}?page=2").text.count("Waiting for more answers") == 3
