"""What a source's page tells to whom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.community.models import Comment
from claxson.learning.models import ModelVersion, Prediction
from claxson.voting.models import GoldSource, Label, QueueEntry, Vote, VoterRecord

Crowd = Callable[..., None]
LED = ("90.0%", "dwarf nova")


@pytest.fixture
def predicted(seen_source: Source) -> Source:
    """An open source of which the classifier and the literature say something."""
    model = ModelVersion.objects.create(
        sha256="0" * 64, state="serving", trigger="by hand", created_at=timezone.now()
    )
    shares = {"agn": 0.9, "star": 0.06, "xrb": 0.03, "cv": 0.01}
    Prediction.objects.create(source=seen_source, model=model, probabilities=shares, best="agn")
    Label.objects.create(source=seen_source, source_class="cv", original_class="dwarf nova", provenance="x")
    return seen_source


def page_of(client: Client, source: Source) -> str:
    return client.get(f"/en/sources/{source.name}/").text


def told(client: Client, source: Source) -> list[bool]:
    page = page_of(client, source)
    return [text in page for text in (*LED, "Nobody has written anything yet.")]


def test_nobody_is_led_before_their_answer_stands(
    volunteer: Client, voter: Voter, predicted: Source, vote_on: Any
) -> None:
    assert told(volunteer, predicted) == [False] * 3
    vote_on(predicted, voter)
    assert told(volunteer, predicted) == [False] * 3  # it may still be taken back
    Vote.objects.update(cast_at=F("cast_at") - dt.timedelta(seconds=31))
    assert told(volunteer, predicted) == [True] * 3


def test_once_it_is_closed_everybody_reads_all(client: Client, predicted: Source, crowd_votes: Crowd) -> None:
    assert told(client, predicted) == [False] * 3
    crowd_votes(predicted, 20)
    assert told(client, predicted) == [True] * 3


def test_an_astronomer_sees_it_at_once(volunteer: Client, user: User, predicted: Source) -> None:
    User.objects.filter(pk=user.pk).update(role=User.Role.ASTRONOMER)
    assert told(volunteer, predicted) == [True] * 3


def test_a_source_that_measures_looks_like_one_that_waits(client: Client, predicted: Source) -> None:
    QueueEntry.objects.all().delete()
    GoldSource.objects.create(source=predicted, gold_class="cv", hidden=True)
    page = page_of(client, predicted)
    assert "shown once all votes are in" in page
    assert "Volunteers are not asked" not in page
    assert told(client, predicted) == [False] * 3


def test_every_file_of_a_source_can_be_downloaded(client: Client, seen_source: Source) -> None:
    page = page_of(client, seen_source)
    for product in seen_source.products.all():
        assert f'<a href="/products/{product.sha256}" download>' in page
        assert client.get(f"/products/{product.sha256}").status_code == 200


def test_a_training_source_says_so_and_nothing_of_other_votes(
    volunteer: Client, voter: Voter, predicted: Source, crowd_votes: Crowd, answer_gold: Any
) -> None:
    crowd_votes(predicted, 1)
    QueueEntry.objects.all().delete()
    GoldSource.objects.create(source=predicted, gold_class="cv", hidden=False)
    assert "It is told after the answer." in page_of(volunteer, predicted)
    answer_gold(predicted, voter, "cv")
    page = page_of(volunteer, predicted)
    assert "This is a training source: its class is known.</p>" in page
    assert "Volunteers are not asked" not in page
    assert "Votes of simulated volunteers" not in page


def test_a_lost_model_file_leaves_out_the_reasons_alone(
    client: Client, predicted: Source, crowd_votes: Crowd
) -> None:
    crowd_votes(predicted, 20)
    page = page_of(client, predicted)
    assert "90.0%" in page
    assert "Why the classifier thinks so" not in page


def test_the_first_are_named_only_if_they_agree(
    client: Client, voter: Voter, predicted: Source, vote_on: Any, crowd_votes: Crowd
) -> None:
    vote_on(predicted, voter, "agn")
    crowd_votes(predicted, 19, "agn")
    page = page_of(client, predicted)
    assert "a volunteer who is not named" in page
    assert "ada" not in page
    VoterRecord.objects.filter(voter=voter).update(named=True)
    assert "<li>ada</li>" in page_of(client, predicted)


def test_the_page_takes_the_same_queries_however_much_is_written_about_it(
    volunteer: Client, user: User, predicted: Source, crowd_votes: Crowd, django_assert_num_queries: Any
) -> None:
    crowd_votes(predicted, 20)
    for i in range(5):
        written = {"text": f"{i}", "state": "shown", "written_at": timezone.now()}
        Comment.objects.create(source=predicted, author=user, **written)
    with django_assert_num_queries(22):
        page_of(volunteer, predicted)


def test_the_astronomers_word_stands_beside_the_crowds(
    client: Client, predicted: Source, crowd_votes: Crowd
) -> None:
    crowd_votes(predicted, 20, "agn")
    predicted.queue_entry.state = "overruled"
    predicted.queue_entry.save()
    predicted.consensus.verdict = "cv"
    predicted.consensus.save()
    assert "Astronomers see it differently: A cataclysmic variable." in page_of(client, predicted)
