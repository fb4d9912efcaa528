"""Sources whose counted votes changed: what their rows become, many at once as one by one."""

import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from claxson.voting.models import Consensus, ConsensusEvent, Lease, QueueEntry, Vote
from claxson.voting.rules.evidence import BEGINNING, of_vote
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.recounting import locked_entries, recount_entries

pytestmark = pytest.mark.django_db
# Of each kind of source how many votes were cast; one of them says `star`.
KINDS = {"open": 5, "closing": 19, "reopening": 20, "in_review": 20, "confirmed": 20, "untouched": 20}


@pytest.fixture
def make_kinds(make_source, people, votes_by) -> Callable[..., SimpleNamespace]:
    """A source of each kind, of whose changed votes its queue entry does not know yet."""

    def make(prefix: str = "") -> SimpleNamespace:
        kinds = {kind: make_source(prefix + kind) for kind in KINDS}
        for kind, n_votes in KINDS.items():
            votes_by(kinds[kind], people[1:n_votes])
            votes_by(kinds[kind], people[:1], "star")
        QueueEntry.objects.filter(pk=kinds["in_review"].pk).update(state="review")
        QueueEntry.objects.filter(pk=kinds["confirmed"].pk).update(state="confirmed")
        stars = Vote.objects.filter(voter=people[0], source__in=kinds.values())
        stars.exclude(source__in=[kinds["closing"], kinds["untouched"]]).update(counted=False)
        hand_out(voter=people[25], only=[kinds["closing"].pk])
        Vote.objects.create(
            key=uuid.uuid4(),
            source=kinds["closing"],
            voter=people[20],
            answer="agn",
            counted=True,
            cast_at=Now(),
        )
        return SimpleNamespace(**{kind: source.pk for kind, source in kinds.items()})

    return make


def recount(sources: list[int]) -> None:
    QueueEntry.objects.filter(n_leased__gt=0).update(n_leased=0, n_votes=18)  # as the 20th vote would
    recount_entries(locked_entries(sources), reason="they changed")


def rows() -> dict[str, list[dict[str, object]]]:
    """All that a recount writes, but for numbers and times of writing; sums depend on the order of votes."""
    tables = (QueueEntry, Consensus, ConsensusEvent, Lease, Vote)
    found = {model.__name__: list(model.objects.order_by("pk").values()) for model in tables}
    for row in found["Consensus"] + found["ConsensusEvent"]:
        for name in ("reached_at", "at", "id"):
            row.pop(name, None)
    for row in found["QueueEntry"]:
        row["log_odds"] = [round(value, 9) for value in row["log_odds"]]
    for row in found["QueueEntry"] + found["Consensus"]:
        row.update({name: round(value, 9) for name, value in row.items() if isinstance(value, float)})
    found["ConsensusEvent"].sort(key=lambda row: row["source_id"])
    return found


def test_many_sources_at_once_become_what_they_become_one_by_one(make_kinds) -> None:
    kinds = vars(make_kinds()).values()
    results = []
    for some in ([[one] for one in kinds], [list(kinds)]):
        with transaction.atomic():
            for sources in some:
                recount(sources)
            results.append(rows())
            transaction.set_rollback(True)
    assert results[0] == results[1]


def test_an_open_source_goes_on_with_the_votes_that_count(make_kinds) -> None:
    kinds = make_kinds()
    recount([*vars(kinds).values()])
    entry = QueueEntry.objects.get(pk=kinds.open)
    assert (entry.state, entry.n_votes) == ("voting", 4)
    assert entry.log_odds == pytest.approx([4 * said for said in of_vote("agn", BEGINNING)])


def test_a_source_with_enough_votes_closes_and_nobody_is_asked_any_more(make_kinds) -> None:
    kinds = make_kinds()
    recount([*vars(kinds).values()])
    entry, crowd = (model.objects.get(pk=kinds.closing) for model in (QueueEntry, Consensus))
    event = ConsensusEvent.objects.get(source=kinds.closing)
    assert (entry.state, entry.n_votes, entry.n_leased) == ("consensus", 20, 0)
    assert (crowd.answer, crowd.shares, crowd.agreement) == ("agn", {"agn": 0.95, "star": 0.05}, 0.95)
    assert (event.before, event.after, event.answer, event.reason) == (
        "voting",
        "consensus",
        "agn",
        "20 votes",
    )
    assert not Lease.objects.exists()


@pytest.mark.parametrize(("kind", "before"), [("reopening", "consensus"), ("in_review", "review")])
def test_a_source_short_of_votes_opens_again_and_its_consensus_stays_on_record(
    make_kinds, kind, before
) -> None:
    kinds = make_kinds()
    recount([*vars(kinds).values()])
    source = getattr(kinds, kind)
    entry, event = QueueEntry.objects.get(pk=source), ConsensusEvent.objects.filter(source=source).last()
    assert (entry.state, entry.n_votes) == ("voting", 19)
    assert (event.before, event.after, event.answer, event.reason) == (
        before,
        "voting",
        "agn",
        "they changed",
    )
    assert not Consensus.objects.filter(pk=source).exists()


def test_what_astronomers_decided_stays_and_is_told_anew(make_kinds) -> None:
    kinds = make_kinds()
    recount([*vars(kinds).values()])
    entry, crowd = (model.objects.get(pk=kinds.confirmed) for model in (QueueEntry, Consensus))
    assert (entry.state, entry.n_votes, crowd.shares, crowd.agreement) == ("confirmed", 19, {"agn": 1.0}, 1.0)
    assert ConsensusEvent.objects.filter(source=kinds.confirmed).count() == 1


def test_it_costs_as_many_statements_however_many_sources_there_are(make_kinds) -> None:
    few, many = [*vars(make_kinds()).values()], []
    for prefix in ("b", "c", "d"):
        many += vars(make_kinds(prefix)).values()
    counts = []
    for sources in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            recount(sources)
        counts.append(len(queries))
    assert counts[0] >= counts[1]  # the second finds its job announced
