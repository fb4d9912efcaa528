import datetime as dt
import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from claxson.accounts.models import Voter
from claxson.voting.models import AuditRecord, Suspicion, Vote, VoterRecord
from claxson.voting.oversight.detection import detect, dismiss
from claxson.voting.services.newcomers import note_network

pytestmark = pytest.mark.django_db
CYCLE = ("agn", "star", "xrb", "cv")


@pytest.fixture
def sources(make_source):
    return [make_source(f"s{i}") for i in range(60)]


@pytest.fixture
def honest(sources):
    """Seven people who say what there is to see."""
    for _ in range(7):
        answer(Voter.objects.create(), sources, lambda i: CYCLE[i % 4])


def answer(voter, sources, say, **fields) -> Voter:
    VoterRecord.objects.get_or_create(voter=voter)
    common = {"voter": voter, "counted": False, "cast_at": timezone.now(), **fields}
    Vote.objects.bulk_create(
        Vote(key=uuid.uuid4(), source=one, answer=say(i), **common) for i, one in enumerate(sources)
    )
    return voter


def suspected() -> set[tuple[uuid.UUID, str]]:
    return set(Suspicion.objects.filter(settled_at=None).values_list("voter_id", "detector"))


def test_honest_people_are_not_suspected(honest) -> None:
    assert detect() == 0


def test_each_detector_raises_a_suspicion_with_its_evidence(sources, honest) -> None:
    star = answer(Voter.objects.create(), sources, lambda i: "star")
    hasty = answer(Voter.objects.create(), sources, lambda i: CYCLE[i % 4], dwell_ms=300)
    wrong = answer(Voter.objects.create(), sources, lambda i: CYCLE[i % 3 + 1], gold_class="agn")
    assert detect() == 3
    assert suspected() == {(star.pk, "one answer"), (hasty.pk, "too fast"), (wrong.pk, "below chance")}
    assert Suspicion.objects.get(detector="too fast").evidence == {"median_ms": 300.0, "n": 60}


def test_two_in_lockstep_are_suspected_with_each_others_name(sources, honest) -> None:
    one, other = (
        answer(Voter.objects.create(), sources, lambda i: CYCLE[(i + i // 4) % 4]) for _ in range(2)
    )
    assert detect() == 2
    evidence = Suspicion.objects.get(voter=one).evidence["pairs"]
    assert [pair["with"] for pair in evidence] == [str(other.pk)]


def test_who_answers_like_a_clock_is_suspected(sources, honest) -> None:
    robot = answer(Voter.objects.create(), sources, lambda i: CYCLE[i % 4])
    for i, vote in enumerate(Vote.objects.filter(voter=robot).order_by("pk")):
        Vote.objects.filter(pk=vote.pk).update(cast_at=timezone.now() - dt.timedelta(seconds=7 * i))
    assert detect() == 1
    assert suspected() == {(robot.pk, "regular rhythm")}
    assert Suspicion.objects.get().evidence["median_s"] == pytest.approx(7, abs=0.1)


@pytest.fixture
def behind_one_network(sources):
    """Six people of whom each answered a little, all from one network."""

    def settle(right: int) -> list[Voter]:
        return [one_of(right, sources[6 * i : 6 * i + 6]) for i in range(6)]

    def one_of(right: int, some) -> Voter:
        voter = Voter.objects.create()
        answer(voter, some[:right], lambda i: "agn", gold_class="agn")
        answer(voter, some[right:], lambda i: "star", gold_class="agn")
        note_network(voter.pk, "192.0.2.0", timezone.now().date())
        return voter

    return settle


def test_who_guesses_in_many_names_is_suspected_in_all_of_them(behind_one_network) -> None:
    puppets = behind_one_network(right=1)
    assert detect() == 6
    assert suspected() == {(voter.pk, "one network") for voter in puppets}
    evidence = Suspicion.objects.first().evidence
    assert (evidence["voters"], evidence["right"], evidence["n"]) == (6, 6, 36)
    assert "192.0.2.0" not in str(evidence)


def test_many_behind_one_network_are_a_school_where_they_look(behind_one_network) -> None:
    behind_one_network(right=4)
    assert detect() == 0


def test_one_clicker_at_a_school_is_suspected_alone(behind_one_network, sources) -> None:
    behind_one_network(right=4)
    clicker = answer(Voter.objects.create(), sources, lambda i: CYCLE[i % 3 + 1], gold_class="agn")
    note_network(clicker.pk, "192.0.2.0", timezone.now().date())
    detect()
    assert suspected() == {(clicker.pk, "below chance")}


def test_twice_is_once_and_the_evidence_is_the_newest(sources, honest) -> None:
    voter = answer(Voter.objects.create(), sources, lambda i: CYCLE[i % 4], dwell_ms=300)
    assert (detect(), detect()) == (1, 0)
    Vote.objects.filter(voter=voter).update(dwell_ms=200)
    assert detect() == 0
    assert Suspicion.objects.get().evidence["median_ms"] == 200.0


def test_what_was_looked_into_is_let_be_for_a_while(sources, honest) -> None:
    answer(Voter.objects.create(), sources, lambda i: "star")
    detect()
    assert dismiss(suspicion=Suspicion.objects.get(), reason="a list of stars")
    assert not dismiss(suspicion=Suspicion.objects.get(), reason="a list of stars")
    assert AuditRecord.objects.get().act == "dismiss"
    assert (detect(), suspected()) == (0, set())


@pytest.mark.parametrize("who", [{"simulated_name": "robot"}, {"erased": True}])
def test_nobody_is_suspected_who_is_nobody(sources, honest, who) -> None:
    answer(Voter.objects.create(**who), sources, lambda i: "star", dwell_ms=1)
    assert detect() == 0


def test_who_is_in_quarantine_is_not_suspected_again(sources, honest) -> None:
    voter = answer(Voter.objects.create(), sources, lambda i: "star")
    VoterRecord.objects.filter(voter=voter).update(quarantined_at=timezone.now())
    assert detect() == 0


def test_long_ago_is_forgotten(sources, honest) -> None:
    answer(Voter.objects.create(), sources, lambda i: "star", cast_at="2020-01-01T00:00:00Z")
    assert detect() == 0


def test_the_command_lists_and_dismisses(sources, honest) -> None:
    answer(Voter.objects.create(), sources, lambda i: "star")
    out = io.StringIO()
    call_command("suspicions", "--detect", stdout=out)
    assert "one answer" in out.getvalue()
    number = str(Suspicion.objects.get().pk)
    call_command("suspicions", "--dismiss", number, "--reason", "a list of stars", stdout=out)
    assert out.getvalue().endswith("0 open\n")
    with pytest.raises(CommandError, match="--reason"):
        call_command("suspicions", "--dismiss", number)
