from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from claxson.voting.models import Consensus, QueueEntry, Vote

pytestmark = pytest.mark.django_db


def test_twenty_simulated_votes_close_each_source_and_say_that_they_are_simulated(make_source) -> None:
    make_source("one")
    make_source("two")
    call_command("simulate_crowd", sources=2)
    assert Consensus.objects.count() == 2
    assert all(vote.voter.simulated for vote in Vote.objects.select_related("voter"))


def test_the_crowd_follows_the_truth_it_is_given(make_source, tmp_path: Path) -> None:
    make_source("one")
    (tmp_path / "truth.csv").write_text("name,class\none,CV\n")
    call_command("simulate_crowd", truth=tmp_path / "truth.csv")
    assert Consensus.objects.get().answer == "cv"


def test_it_can_be_run_twice_without_harm(make_source) -> None:
    make_source("one")
    call_command("simulate_crowd", votes=7)
    before = Vote.objects.count()
    call_command("simulate_crowd", votes=7)
    assert Vote.objects.count() == before
    assert QueueEntry.objects.get().n_votes == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [("name\nx\n", "needs name,class"), ("name,class\nx,quasar\n", "unknown class quasar")],
)
def test_a_truth_that_cannot_be_read_is_refused(db, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "truth.csv").write_text(text)
    with pytest.raises(CommandError, match=message):
        call_command("simulate_crowd", truth=tmp_path / "truth.csv")
