import pytest

from claxson.accounts.models import Voter
from claxson.voting.errors import TooFast
from claxson.voting.models import GoldSource, Lease, QueueEntry, VoterRecord
from claxson.voting.rules.pace import MOST_HELD
from claxson.voting.services.leasing import hand_out, release_expired
from claxson.voting.services.queueing import apply_boosts, boost, set_interests

pytestmark = pytest.mark.django_db

PAST = "2020-01-01T00:00:00Z"


def names(voter: Voter, **asked: object) -> list[str]:
    return [held.source_name for held in hand_out(voter=voter, **asked)]  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_lot(monkeypatch) -> None:
    """The active choice only; what the lot does is tested apart."""
    monkeypatch.setattr("claxson.voting.services.leasing.random.random", lambda: 0.999)


def test_the_next_source_is_the_one_most_worth_looking_at(make_source, make_voters) -> None:
    make_source("dull", priority=0.1)
    make_source("strange", priority=0.9)
    assert names(make_voters(1)[0]) == ["strange"]


def test_who_holds_a_source_is_handed_it_again(make_source, make_voters) -> None:
    [voter] = make_voters(1)
    make_source("one")
    assert names(voter) == names(voter) == ["one"]
    assert Lease.objects.count() == QueueEntry.objects.get().n_leased == 1


def test_it_never_offers_a_source_the_voter_has_seen(make_source, make_voters, vote_on) -> None:
    [voter] = make_voters(1)
    vote_on(make_source("only"), voter, "unsure")
    assert names(voter) == []


def test_new_interests_change_what_comes_next(make_source, make_voters) -> None:
    one, two = make_source("one", priority=1.0), make_source("two", priority=1.0)
    set_interests(interests={one.pk: 0.2, two.pk: 0.8})
    assert names(make_voters(1)[0]) == ["two"]


def test_a_closed_source_is_not_offered(make_source, make_voters, vote_on) -> None:
    closed, still_open = make_source("closed"), make_source("open", priority=0)
    *voters, last = make_voters(21)
    for voter in voters:
        vote_on(closed, voter)
    assert names(last) == [still_open.name]


def test_votes_and_live_leases_are_never_more_than_twenty(make_source, make_voters) -> None:
    make_source()
    handed = [names(voter) for voter in make_voters(21)]
    assert handed == [["CLX J000000.0+000000"]] * 20 + [[]]


def test_a_lease_that_ended_frees_its_place(make_source, make_voters) -> None:
    make_source()
    *voters, last = make_voters(21)
    for voter in voters:
        names(voter)
    Lease.objects.update(expires_at=PAST)
    assert names(last) == ["CLX J000000.0+000000"]
    assert QueueEntry.objects.get().n_leased == Lease.objects.count() == 1


def test_releasing_twice_frees_a_place_once(make_source, make_voters) -> None:
    make_source()
    names(make_voters(1)[0])
    Lease.objects.update(expires_at=PAST)
    release_expired()
    release_expired()
    assert QueueEntry.objects.get().n_leased == 0


def test_nobody_holds_more_than_six(make_source, make_voters) -> None:
    for i in range(8):
        make_source(f"source {i}")
    assert len(hand_out(voter=make_voters(1)[0], wanted=50)) == MOST_HELD


def test_asking_faster_than_one_can_look_is_refused_with_a_waiting_time(make_source) -> None:
    make_source()
    voter = Voter.objects.create()
    VoterRecord.objects.create(voter=voter, tokens=0.0, tokens_at="2100-01-01T00:00:00Z")
    with pytest.raises(TooFast) as refusal:
        hand_out(voter=voter)
    assert refusal.value.retry_after_s == 2
    assert not Lease.objects.exists()


def test_a_pin_comes_first_until_it_ends(make_source, make_voters) -> None:
    make_source("usual", priority=1.0)
    pinned = make_source("pinned", priority=0.0)
    boost(sources=[pinned.pk], weight=5.0)
    one, two = make_voters(2)
    assert names(one) == ["pinned"]
    boost(sources=[pinned.pk], weight=5.0, until=PAST)
    apply_boosts()
    assert names(two) == ["usual"]


def test_a_list_is_handed_out_in_its_order(make_source, make_voters) -> None:
    a, b, _ = make_source("a"), make_source("b"), make_source("c")
    assert names(make_voters(1)[0], only=[b.pk, a.pk], wanted=3) == ["b", "a"]


def test_training_hands_out_gold_that_tells_its_class(make_source, make_voters) -> None:
    make_source("open")
    shown, hidden = make_source("gold"), make_source("hidden gold")
    QueueEntry.objects.exclude(source__name="open").delete()
    GoldSource.objects.create(source=shown, gold_class="cv", hidden=False)
    GoldSource.objects.create(source=hidden, gold_class="cv", hidden=True)
    assert names(make_voters(1)[0], training=True, wanted=3) == ["gold"]


def test_the_lot_stores_how_likely_it_was(make_source, make_voters, monkeypatch) -> None:
    monkeypatch.setattr("claxson.voting.services.leasing.random.random", lambda: 0.09)
    for i in range(4):
        QueueEntry.objects.filter(pk=make_source(f"s{i}").pk).update(lottery=0.2 * (i + 1))
    monkeypatch.setattr("claxson.voting.rules.gold.draw", lambda n_votes, u: "")
    hand_out(voter=make_voters(1)[0])
    lease = Lease.objects.get()
    assert (lease.source.name, lease.mode) == ("s0", "random")
    assert lease.propensity == pytest.approx(0.1 * 0.2)
