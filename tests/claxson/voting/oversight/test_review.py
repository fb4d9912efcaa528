import pytest

from claxson.voting.errors import IllegalStep
from claxson.voting.models import AuditRecord, Consensus, ConsensusEvent, QueueEntry, Vote
from claxson.voting.oversight.review import confirm, overrule, reopen_for_votes, send_to_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(source, people, votes_by):
    """A source whose crowd is nearly certain of an AGN."""
    votes_by(source, people[:20])
    return source


@pytest.fixture
def doubtful(decided):
    Consensus.objects.update(posterior={"agn": 0.9, "star": 0.1})
    return decided


def state(source) -> str:
    return QueueEntry.objects.get(pk=source.pk).state


def test_an_astronomer_confirms(decided, astronomers) -> None:
    confirm(source=decided, actor=astronomers[0], reason="plain to see")
    confirm(source=decided, actor=astronomers[0], reason="plain to see")
    assert (state(decided), Consensus.objects.get().verdict) == ("confirmed", "agn")
    event = ConsensusEvent.objects.latest("pk")
    assert (event.before, event.after, event.actor) == ("consensus", "confirmed", astronomers[0])
    assert AuditRecord.objects.get().act == "verdict: confirmed"


def test_one_astronomer_overrules_a_crowd_in_doubt(doubtful, astronomers) -> None:
    for _ in range(2):
        assert overrule(source=doubtful, answer="star", actor=astronomers[0], reason="M dwarf")
    consensus = Consensus.objects.get()
    assert (state(doubtful), consensus.verdict, consensus.answer) == ("overruled", "star", "agn")
    assert AuditRecord.objects.count() == 1


def test_a_crowd_that_is_nearly_certain_is_overruled_by_two(decided, astronomers) -> None:
    first, second = astronomers
    for _ in range(2):
        assert not overrule(source=decided, answer="star", actor=first, reason="M dwarf")
    assert (state(decided), Consensus.objects.get().verdict) == ("consensus", "")
    assert overrule(source=decided, answer="star", actor=second, reason="indeed")
    assert state(decided) == "overruled"
    acts = AuditRecord.objects.order_by("pk").values_list("act", "actor")
    assert list(acts) == [("verdict: proposed", first.pk), ("verdict: overruled", second.pk)]


def test_the_second_must_say_the_same(decided, astronomers) -> None:
    first, second = astronomers
    assert not overrule(source=decided, answer="star", actor=first, reason="M dwarf")
    assert not overrule(source=decided, answer="xrb", actor=second, reason="in the plane")
    assert overrule(source=decided, answer="star", actor=second, reason="convinced")


def test_a_proposal_ends_with_the_consensus_it_was_about(decided, people, votes_by, astronomers) -> None:
    first, second = astronomers
    overrule(source=decided, answer="star", actor=first, reason="M dwarf")
    ConsensusEvent.objects.filter(actor=first).update(at="2026-01-01T00:00:00Z")
    assert not overrule(source=decided, answer="star", actor=second, reason="M dwarf")


def test_a_verdict_is_changed_through_review_only(doubtful, astronomers) -> None:
    confirm(source=doubtful, actor=astronomers[0], reason="plain")
    with pytest.raises(IllegalStep, match="“confirmed” cannot be overruled"):
        overrule(source=doubtful, answer="star", actor=astronomers[0], reason="on second thoughts")
    send_to_review(source=doubtful, actor=astronomers[0], reason="new spectrum")
    assert (state(doubtful), Consensus.objects.get().verdict) == ("review", "")
    assert overrule(source=doubtful, answer="star", actor=astronomers[0], reason="new spectrum")


@pytest.mark.parametrize("answer", ["agn", "unsure", "quasar"])
def test_it_refuses_what_does_not_overrule(doubtful, astronomers, answer) -> None:
    with pytest.raises(IllegalStep, match="does not overrule"):
        overrule(source=doubtful, answer=answer, actor=astronomers[0], reason="?")


@pytest.mark.parametrize("step", [confirm, send_to_review])
def test_it_refuses_steps_on_an_open_source(source, astronomers, step) -> None:
    with pytest.raises(IllegalStep, match="“voting”"):
        step(source=source, actor=astronomers[0], reason="?")


def test_it_refuses_verdicts_of_volunteers(decided, user) -> None:
    with pytest.raises(IllegalStep, match="Only astronomers"):
        confirm(source=decided, actor=user, reason="I know")


def test_other_people_can_be_asked(decided, people, vote_on, astronomers, counters_equal_rows) -> None:
    for _ in range(2):
        reopen_for_votes(source=decided, actor=astronomers[0], reason="the picture was wrong")
    entry = QueueEntry.objects.get()
    assert (entry.state, entry.n_votes, Vote.objects.count()) == ("voting", 0, 20)
    assert not Consensus.objects.exists()
    assert vote_on(decided, people[20]).counted
    assert AuditRecord.objects.count() == 1
    assert counters_equal_rows()
