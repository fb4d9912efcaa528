import pytest

from claxson.tutorial.levels import Level, Progress, progress
from claxson.voting.rules.training import CLASSIFICATIONS, WINDOW, is_trained


def test_everybody_begins_with_discovery() -> None:
    assert progress(0, [], trained=False) == Progress(Level.DISCOVERY, votes_missing=5)


def test_training_tells_what_is_missing_for_votes_to_count() -> None:
    assert progress(12, [True] * 9, trained=False) == Progress(
        Level.TRAINING, gold_missing=11, right_missing=6
    )


@pytest.mark.parametrize("right", [True, False])
def test_the_classifications_are_there_once_the_training_sources_are(right: bool) -> None:
    assert not is_trained(CLASSIFICATIONS, [right] * (WINDOW - 1))
    assert is_trained(WINDOW, [right] * WINDOW) is right


@pytest.mark.parametrize(("answers", "can"), [([], True), ([True] * 19, True), ([False] * 6, False)])
def test_it_is_told_whether_the_missing_ones_can_be_enough(answers: list[bool], can: bool) -> None:
    assert progress(len(answers) + 5, answers, trained=False).can_pass_next is can


def test_many_answers_are_not_enough_while_too_many_are_wrong() -> None:
    answers = [True] * 12 + [False] * 8
    assert progress(300, answers, trained=False) == Progress(Level.TRAINING, right_missing=3)


@pytest.mark.parametrize(("n_votes", "level"), [(20, Level.ACHIEVEMENT), (100, Level.RECORD)])
def test_who_is_trained_goes_on_to_the_record(n_votes: int, level: Level) -> None:
    assert progress(n_votes, [], trained=True).level == level
