"""A source with votes, and a look at whether its counters equal its rows."""

from collections.abc import Callable

import pytest

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.voting.models import Lease, QueueEntry, Vote

Vote_on = Callable[..., object]


@pytest.fixture
def people(make_voters: Callable[[int], list[Voter]]) -> list[Voter]:
    return make_voters(30)


@pytest.fixture
def votes_by(vote_on: Vote_on) -> Callable[..., None]:
    def vote(source: Source, voters: list[Voter], answer: str = "agn") -> None:
        for voter in voters:
            vote_on(source, voter, answer)

    return vote


@pytest.fixture
def counters_equal_rows() -> Callable[[], bool]:
    def equal() -> bool:
        return all(
            (entry.n_votes, entry.n_leased)
            == (
                Vote.objects.filter(source=entry.pk, counted=True).count(),
                Lease.objects.filter(source=entry.pk, reserved=True).count(),
            )
            for entry in QueueEntry.objects.all()
        )

    return equal


@pytest.fixture
def astronomers(db: None) -> list[User]:
    return [User.objects.create_user(f"astro{i}", role=User.Role.ASTRONOMER) for i in range(2)]
