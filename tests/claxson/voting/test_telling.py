"""When what others say may be told."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db.models import F

from claxson.voting import selectors
from claxson.voting.models import GoldSource, QueueEntry, Vote
from claxson.voting.selectors import may_be_told_of
from claxson.voting.services.desk import question_in_force
from claxson.voting.telling.whom import Asked, may_be_told


@pytest.mark.parametrize("has_answered", [False, True])
def test_an_open_source_or_one_that_teaches_is_told_after_the_answer(has_answered: bool) -> None:
    assert may_be_told(Asked(is_open=True, has_answered=has_answered)) is has_answered
    assert may_be_told(Asked(is_gold=True, has_answered=has_answered)) is has_answered
    assert may_be_told(Asked(has_answered=has_answered))


def test_one_that_measures_is_never_told() -> None:
    assert not may_be_told(Asked(is_gold=True, is_hidden=True, has_answered=True))


def test_an_answer_that_may_be_taken_back_is_not_given_yet(source, voter, vote_on) -> None:
    assert not may_be_told_of(source.pk, voter)
    vote_on(source, voter)
    assert not may_be_told_of(source.pk, voter)
    Vote.objects.update(cast_at=F("cast_at") - dt.timedelta(seconds=31))
    assert may_be_told_of(source.pk, voter)
    assert not may_be_told_of(source.pk, None)


def test_an_answer_to_an_earlier_question_does_not_count(source, voter, vote_on, monkeypatch) -> None:
    vote_on(source, voter)
    Vote.objects.update(cast_at=F("cast_at") - dt.timedelta(seconds=31))
    asked = replace(question_in_force(), counts_since=2)
    monkeypatch.setattr(selectors, "question_in_force", lambda: asked)
    assert not may_be_told_of(source.pk, voter)


def test_a_source_that_teaches_is_told_at_once(make_source, voter, answer_gold) -> None:
    source = make_source("gold")
    QueueEntry.objects.all().delete()
    GoldSource.objects.create(source=source, gold_class="agn", hidden=False)
    assert not may_be_told_of(source.pk, voter)
    answer_gold(source, voter, "star")
    assert may_be_told_of(source.pk, voter)


def test_a_closed_source_is_told_to_everybody(source, crowd_votes) -> None:
    crowd_votes(source, 20)
    assert QueueEntry.objects.get().state != "voting"
    assert may_be_told_of(source.pk, None)
