import pytest

from claxson.voting.errors import KeyReused, NothingToUndo
from claxson.voting.models import (
    ActiveDay,
    Consensus,
    ConsensusEvent,
    GoldSource,
    QueueEntry,
    Vote,
    VoterRecord,
)
from claxson.voting.services.casting import cast_vote
from claxson.voting.services.withdrawal import undo_last

pytestmark = pytest.mark.django_db


def test_a_vote_taken_back_leaves_no_trace_in_the_counters(source, make_voters, vote_on) -> None:
    [voter] = make_voters(1)
    vote_on(source, voter)
    undo_last(voter=voter)
    entry = QueueEntry.objects.get(pk=source.pk)
    assert (entry.n_votes, entry.n_leased, entry.log_odds) == (0, 1, [])
    assert (VoterRecord.objects.get().n_votes, ActiveDay.objects.get().n_votes) == (0, 0)
    assert Vote.objects.get().withdrawn_why == "undone"


def test_its_source_is_handed_out_again_and_takes_another_answer(
    source, make_voters, ballot, vote_on
) -> None:
    [voter] = make_voters(1)
    vote_on(source, voter, "agn")
    held = undo_last(voter=voter)
    assert held.source_id == source.pk
    assert vote_on(source, voter, "star").n_votes == 1


def test_the_request_of_a_vote_that_was_taken_back_does_not_bring_it_back(
    source, make_voters, ballot
) -> None:
    [voter] = make_voters(1)
    sent = ballot(source, voter)
    cast_vote(ballot=sent)
    undo_last(voter=voter)
    with pytest.raises(KeyReused):
        cast_vote(ballot=sent)
    assert QueueEntry.objects.get(pk=source.pk).n_votes == 0


def test_it_cannot_be_taken_back_twice(source, make_voters, vote_on) -> None:
    [voter] = make_voters(1)
    vote_on(source, voter)
    undo_last(voter=voter)
    with pytest.raises(NothingToUndo):
        undo_last(voter=voter)


def test_an_old_vote_stands(source, make_voters, vote_on) -> None:
    [voter] = make_voters(1)
    vote_on(source, voter)
    Vote.objects.update(cast_at="2020-01-01T00:00:00Z")
    with pytest.raises(NothingToUndo):
        undo_last(voter=voter)


def test_an_answer_that_was_told_right_or_wrong_stands(source, make_voters, vote_on) -> None:
    [voter] = make_voters(1)
    vote_on(source, voter)
    GoldSource.objects.create(source=source, gold_class="cv", hidden=False)
    with pytest.raises(NothingToUndo):
        undo_last(voter=voter)


def test_taking_back_the_twentieth_vote_opens_the_source_again_with_a_record(
    source, make_voters, vote_on
) -> None:
    for voter in make_voters(20):
        vote_on(source, voter)
    undo_last(voter=voter)
    assert not Consensus.objects.exists()
    entry = QueueEntry.objects.get(pk=source.pk)
    assert (entry.state, entry.n_votes, entry.n_leased) == ("voting", 19, 1)
    steps = list(ConsensusEvent.objects.order_by("id").values_list("before", "after"))
    assert steps == [("voting", "consensus"), ("consensus", "voting")]
    assert vote_on(source, voter, "agn").reached_consensus
