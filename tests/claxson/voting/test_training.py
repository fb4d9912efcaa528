import random
import uuid

import pytest

from claxson.catalogue.models import Source
from claxson.voting.models import GoldSource, QueueEntry, Vote, VoterRecord
from claxson.voting.rules.training import is_trained
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def gold(db: None) -> None:
    """Enough of it that only trained voters count."""
    sources = Source.objects.bulk_create(
        Source(name=f"GOLD {i}", origin="test", ra_deg=1, dec_deg=2) for i in range(44)
    )
    GoldSource.objects.bulk_create(
        GoldSource(source=s, gold_class=["agn", "star", "xrb", "cv"][i % 4], hidden=i % 11 == 0)
        for i, s in enumerate(sources)
    )


def train(voter, n: int, right: int) -> list:
    """Answer `n` gold sources, the first `right` of them rightly."""
    results = []
    for i in range(n):
        (held,) = hand_out(voter=voter, training=True)
        known = GoldSource.objects.get(pk=held.source_id).gold_class
        answer = known if i < right else "other"
        results.append(cast_vote(ballot=Ballot(held.token, answer, uuid.uuid4())))
    return results


def test_twenty_votes_and_three_in_four_right_make_a_trained_voter(gold, make_voters) -> None:
    [voter] = make_voters(1)
    results = train(voter, 20, right=15)
    assert [r.promoted for r in results] == [False] * 19 + [True]
    record = VoterRecord.objects.get(voter=voter)
    assert (record.n_votes, record.n_gold, record.n_right, record.level) == (20, 20, 15, 2)


def test_fewer_right_answers_do_not(gold, make_voters) -> None:
    [voter] = make_voters(1)
    assert not any(r.promoted for r in train(voter, 20, right=14))


def test_only_the_last_twenty_gold_answers_matter() -> None:
    assert is_trained(30, [True] * 15 + [False] * 5)
    assert not is_trained(30, [False] * 6 + [True] * 14)
    assert not is_trained(30, [True] * 19)


def test_a_beginners_vote_is_stored_reserves_no_place_and_does_not_count(
    gold, source, make_voters, vote_on
) -> None:
    result = vote_on(source, make_voters(1)[0])
    assert (result.counted, result.late) == (False, False)
    entry = QueueEntry.objects.get(pk=source.pk)
    assert (entry.n_votes, entry.n_leased) == (0, 0)


def test_a_trained_voters_vote_counts(gold, source, make_voters, vote_on) -> None:
    [voter] = make_voters(1)
    train(voter, 20, right=20)
    assert vote_on(source, voter).counted
    assert Vote.objects.latest("id").level == 2


def test_training_shows_every_class_as_often_as_any_other(gold, make_voters) -> None:
    random.seed(4)
    [voter] = make_voters(1)
    train(voter, 24, right=24)
    classes = [Vote.objects.filter(gold_class=c).count() for c in ("agn", "star", "xrb", "cv")]
    assert min(classes) >= 2


def test_unsure_on_gold_is_neither_right_nor_wrong(gold, make_voters) -> None:
    [voter] = make_voters(1)
    (held,) = hand_out(voter=voter, training=True)
    cast_vote(ballot=Ballot(held.token, "unsure", uuid.uuid4()))
    record = VoterRecord.objects.get(voter=voter)
    assert (record.n_votes, record.n_gold, record.n_right) == (1, 0, 0)
