"""A few sources open to votes, and people to vote on them."""

from collections.abc import Callable

import pytest

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.models import QueueEntry


@pytest.fixture
def make_source() -> Callable[..., Source]:
    def make(name: str = "CLX J000000.0+000000", priority: float = 1.0, **fields: object) -> Source:
        source = Source.objects.create(name=name, origin="test", ra_deg=1, dec_deg=2, **fields)
        QueueEntry.objects.create(source=source, priority=priority)
        return source

    return make


@pytest.fixture
def source(db: None, make_source: Callable[..., Source]) -> Source:
    return make_source()


@pytest.fixture
def make_voters() -> Callable[[int], list[Voter]]:
    return lambda n: Voter.objects.bulk_create([Voter(simulated_name=f"test voter {i}") for i in range(n)])
