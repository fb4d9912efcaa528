import pytest
from django.db.models.expressions import RawSQL

from claxson.voting.aggregation.runs import aggregate_all
from claxson.voting.models import Consensus, ConsensusEvent, ConsensusRun, QueueEntry, VoterRecord
from claxson.voting.rules import evidence

pytestmark = pytest.mark.django_db


@pytest.fixture
def voted(make_source, make_voters, vote_on):
    """Six closed sources and one open, on which the last five of twenty voters answer at random."""
    voters = make_voters(20)
    for i in range(7):
        source = make_source(f"S{i}")
        for j, voter in enumerate(voters if i < 6 else voters[:8]):
            vote_on(source, voter, ["agn", "star", "xrb"][i % 3] if j < 15 else ["cv", "other"][(i + j) % 2])


def test_without_votes_there_is_no_run(db) -> None:
    assert aggregate_all() is None


def test_every_closed_source_gets_its_posterior_and_the_run(voted) -> None:
    run = aggregate_all()
    assert {c.run_id for c in Consensus.objects.all()} == {run.pk}
    answers = list(Consensus.objects.order_by("source__name").values_list("answer", flat=True))
    assert answers == ["agn", "star", "xrb"] * 2
    assert all(sum(c.posterior.values()) == pytest.approx(1, abs=1e-4) for c in Consensus.objects.all())


def test_the_same_votes_give_the_same_result_and_write_nothing_anew(voted) -> None:
    first = aggregate_all()
    second = aggregate_all()
    assert second.crowd == first.crowd
    assert {c.run_id for c in Consensus.objects.all()} == {first.pk}


def row_versions() -> list[set[str]]:
    """Where each row lies: an update would move it."""
    models = (Consensus, QueueEntry, VoterRecord)
    return [set(m.objects.values_list(RawSQL("ctid::text", []), flat=True)) for m in models]


def test_a_second_run_touches_no_row(voted) -> None:
    aggregate_all()
    before = row_versions()
    aggregate_all()
    assert row_versions() == before


def test_voters_are_told_apart_by_their_habits(voted) -> None:
    aggregate_all()
    k = evidence.K
    right = [sum(r.habits[i * k + i] for i in range(3)) / 3 for r in VoterRecord.objects.order_by("id")]
    assert min(right[:15]) > max(right[15:])


def test_open_sources_are_weighed_by_the_new_habits(voted) -> None:
    before = QueueEntry.objects.get(source__name="S6").log_odds
    aggregate_all()
    after = QueueEntry.objects.get(source__name="S6").log_odds
    assert len(after) == len(before)
    assert after != before


def test_a_changed_skill_can_send_a_decided_source_to_review_with_a_record(voted) -> None:
    aggregate_all()
    Consensus.objects.filter(source__name="S0").update(answer="cv")
    QueueEntry.objects.filter(source__name="S0").update(state="review")
    aggregate_all()
    step = ConsensusEvent.objects.latest("id")
    assert (step.before, step.after, step.run) == ("review", "consensus", ConsensusRun.objects.latest("id"))
