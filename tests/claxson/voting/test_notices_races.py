"""Notices told by several workers at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.voting.models import ConsensusEvent, Notice, Vote
from claxson.voting.telling import notices
from claxson.voting.telling.notices import tell_news

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def steps(make_source) -> int:
    """Twelve sources that closed, and went to review afterwards, with five voters each."""
    voters = Voter.objects.bulk_create([Voter() for _ in range(5)])
    for source in (make_source(f"s{i}") for i in range(12)):
        cast = {"source": source, "answer": "agn", "counted": True, "cast_at": timezone.now()}
        Vote.objects.bulk_create([Vote(key=uuid.uuid4(), voter=voter, **cast) for voter in voters])
        for before, after in (("voting", "consensus"), ("consensus", "review")):
            ConsensusEvent.objects.create(
                source=source, before=before, after=after, answer="agn", reason="", at=timezone.now()
            )
    return 24


def tell(_: int) -> int:
    try:
        return tell_news()
    finally:
        connection.close()


def test_four_workers_tell_each_step_once(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "BATCH", 2)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tell, range(4)))
    assert sum(told) == steps
    assert Notice.objects.count() == 60
    assert set(Notice.objects.values_list("event__after", flat=True)) == {"review"}
