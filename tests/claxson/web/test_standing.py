"""The bar above the source: what it says of somebody's level."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.models import Vote, VoterRecord


def level_of(client: Client, voter: Voter, gold: list[bool], n_votes: int, trained: bool = False) -> str:
    """What the bar says to somebody with so many answers, and these among them on gold."""
    changes = {"n_votes": n_votes, "trained_at": timezone.now() if trained else None}
    VoterRecord.objects.update_or_create(voter=voter, defaults=changes)
    for i, right in enumerate(gold):
        source = Source.objects.create(name=f"GOLD {i}", origin="test", ra_deg=1, dec_deg=2)
        said = {"answer": "agn" if right else "star", "gold_class": "agn", "counted": False}
        Vote.objects.create(voter=voter, source=source, key=uuid.uuid4(), cast_at=timezone.now(), **said)
    bar = client.get("/en/classify/").text.split('class="standing-level">')[1].split("</li>")[0]
    return " ".join(strip_tags(bar).split())


@pytest.mark.parametrize(
    ("gold", "n_votes", "told"),
    [
        ([], 2, "Discovery: 3 more answers to the training"),
        ([], 5, "Training: 20 more training sources needed, 15 of them right"),
        ([True] * 6, 15, "Training: 14 more training sources needed, 9 of them right"),
        ([True] * 19, 40, "Training: 1 more training source needed"),
        (
            [False] * 6,
            30,
            "Training: 15 of your last 20 training sources must be right; so far 0 are",
        ),
    ],
)
def test_the_bar_tells_what_is_missing_until_answers_count(
    volunteer: Client, voter: Voter, gold: list[bool], n_votes: int, told: str
) -> None:
    assert level_of(volunteer, voter, gold, n_votes) == told


def test_the_bar_tells_what_is_missing_for_the_record(volunteer: Client, voter: Voter) -> None:
    told = level_of(volunteer, voter, [], 59, trained=True)
    assert told == "Achievement: your answers count; 41 more to the Record"
    assert level_of(volunteer, voter, [], 100, trained=True) == "Record: your answers count"


def test_a_training_without_sources_offers_to_end_it(volunteer: Client, seen_source: Source) -> None:
    volunteer.post("/en/classify/training", {"on": "on"})
    page = volunteer.get("/en/classify/")
    assert "No training source is left" in page.text
    volunteer.post("/en/classify/training", {"on": "off"})
    assert volunteer.get("/en/classify/").status_code == 302
