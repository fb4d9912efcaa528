import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from claxson.voting.errors import ForgedLease, TooManySkips
from claxson.voting.models import AuditRecord, Boost, GoldSource, Lease, ProblemReport, QueueEntry, Skip
from claxson.voting.rules import skipping
from claxson.voting.services.leasing import hand_out
from claxson.voting.services.queueing import apply_boosts
from claxson.voting.services.skipping import report, settle, skip

pytestmark = pytest.mark.django_db

LONG_AGO = "2020-01-01T00:00:00Z"


def test_a_skipped_source_gives_its_place_back_and_another_is_handed_out(make_source, make_voters) -> None:
    first, second = make_source("first", priority=1.0), make_source("second", priority=0.5)
    [voter] = make_voters(1)
    hand_out(voter=voter, only=[first.pk])
    skip(voter=voter, source_id=first.pk)
    assert [held.source_id for held in hand_out(voter=voter, wanted=2)] == [second.pk]
    assert QueueEntry.objects.get(pk=first.pk).n_leased == 0


def test_it_comes_back_after_a_while(make_source, make_voters) -> None:
    source, [voter] = make_source(), make_voters(1)
    hand_out(voter=voter)
    skip(voter=voter, source_id=source.pk)
    assert hand_out(voter=voter) == []
    Skip.objects.update(skipped_at=LONG_AGO)
    assert [held.source_id for held in hand_out(voter=voter)] == [source.pk]


def test_others_are_still_handed_it(make_source, make_voters) -> None:
    source, [one, other] = make_source(), make_voters(2)
    hand_out(voter=one)
    skip(voter=one, source_id=source.pk)
    assert [held.source_id for held in hand_out(voter=other)] == [source.pk]


def test_gold_can_be_skipped_too(make_source, make_voters) -> None:
    source, [voter] = make_source(), make_voters(1)
    QueueEntry.objects.all().delete()
    GoldSource.objects.create(source=source, gold_class="cv", hidden=False)
    hand_out(voter=voter, training=True)
    report(voter=voter, source_id=source.pk, reason="picture")
    assert hand_out(voter=voter, training=True) == []


def test_only_who_was_handed_a_source_can_skip_or_report_it(make_source, make_voters) -> None:
    source, [voter] = make_source(), make_voters(1)
    for act in (skip, report):
        with pytest.raises(ForgedLease):
            act(voter=voter, source_id=source.pk, **({"reason": "plot"} if act is report else {}))
    assert not ProblemReport.objects.exists()


def test_nobody_skips_their_way_to_a_source_of_their_choice(make_source, make_voters) -> None:
    [voter] = make_voters(1)
    earlier = [make_source(f"earlier {i}") for i in range(skipping.A_DAY)]
    Skip.objects.bulk_create(Skip(voter=voter, source=s, skipped_at=Now()) for s in earlier)
    wanted = make_source("wanted")
    hand_out(voter=voter)
    with pytest.raises(TooManySkips):
        skip(voter=voter, source_id=wanted.pk)
    assert Lease.objects.filter(source=wanted).exists()


def reported_by(voters, source) -> None:
    for voter in voters:
        hand_out(voter=voter, only=[source.pk])
        report(voter=voter, source_id=source.pk, reason="plot", text="grey")


def test_three_reports_send_a_source_to_the_end_of_the_queue(make_source, make_voters) -> None:
    broken, other = make_source("broken", priority=1.0), make_source("other", priority=0.1)
    *three, fourth = make_voters(4)
    reported_by(three[:2], broken)
    assert Boost.objects.count() == 0
    reported_by(three[2:], broken)
    assert [held.source_id for held in hand_out(voter=fourth, wanted=2)] == [other.pk, broken.pk]


def test_once_somebody_has_looked_it_stands_where_it_stood(make_source, make_voters) -> None:
    broken = make_source("broken", priority=0.75)
    reported_by(make_voters(3), broken)
    apply_boosts()
    assert settle(source_id=broken.pk) == 3
    assert QueueEntry.objects.get().priority == pytest.approx(0.75)
    assert settle(source_id=broken.pk) == 0
    assert not ProblemReport.objects.filter(settled_at=None).exists()


def test_an_operator_lists_and_settles_reports(make_source, make_voters, capsys) -> None:
    reported_by(make_voters(1), make_source("broken"))
    call_command("reports")
    assert "broken\tplot\t'grey'\n1 open" in capsys.readouterr().out
    with pytest.raises(CommandError, match="needs --reason"):
        call_command("reports", settle="broken")
    call_command("reports", settle="broken", reason="drawn anew")
    assert capsys.readouterr().out == "broken: 1 settled\n0 open\n"
    assert AuditRecord.objects.get().subject == "broken"
