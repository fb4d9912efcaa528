import pytest
from hypothesis import given
from hypothesis import strategies as st

from claxson.voting.rules.assignment import interest, normalised_entropy, priority

SURE = {"agn": 1.0, "star": 0.0, "xrb": 0.0, "cv": 0.0}
UNSURE = dict.fromkeys(SURE, 0.25)


def test_a_certain_source_has_no_entropy_and_an_open_one_has_all() -> None:
    assert normalised_entropy(list(SURE.values())) == 0.0
    assert normalised_entropy(list(UNSURE.values())) == pytest.approx(1.0)


def test_doubt_and_strangeness_both_raise_the_interest() -> None:
    assert interest(UNSURE, 0.5) > interest(SURE, 0.5)
    assert interest(SURE, 0.9) > interest(SURE, 0.1)


def test_a_source_that_is_nearly_done_comes_before_one_that_is_not_begun() -> None:
    assert priority(0.5, SURE, 0.9) > priority(0.5, SURE, 0.1) > priority(0.5, SURE, 0.0)


def test_a_source_on_which_the_crowd_disagrees_comes_before_one_on_which_it_agrees() -> None:
    assert priority(0.5, UNSURE, 0.5) > priority(0.5, SURE, 0.5)


def test_a_pin_outweighs_everything_else() -> None:
    assert priority(0.0, SURE, 0.0, boost=2.0) > priority(1.0, UNSURE, 1.0)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=6), st.floats(-1, 2))
def test_the_interest_stays_between_0_and_1(weights: list[float], rank: float) -> None:
    probabilities = {str(i): w / sum(weights) for i, w in enumerate(weights)}
    assert 0.0 <= interest(probabilities, rank) <= 1.0 + 1e-12
