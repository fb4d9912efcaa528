import pytest
from hypothesis import given
from hypothesis import strategies as st

from claxson.voting.assignment import normalised_entropy, priority

SURE = {"agn": 1.0, "star": 0.0, "xrb": 0.0, "cv": 0.0}
UNSURE = dict.fromkeys(SURE, 0.25)


def test_a_certain_source_has_no_entropy_and_an_open_one_has_all() -> None:
    assert normalised_entropy(SURE) == 0.0
    assert normalised_entropy(UNSURE) == pytest.approx(1.0)


def test_doubt_and_strangeness_both_raise_the_priority() -> None:
    assert priority(UNSURE, 0.5) > priority(SURE, 0.5)
    assert priority(SURE, 0.9) > priority(SURE, 0.1)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=6), st.floats(-1, 2))
def test_the_priority_stays_between_0_and_1(weights: list[float], rank: float) -> None:
    probabilities = {str(i): w / sum(weights) for i, w in enumerate(weights)}
    assert 0.0 <= priority(probabilities, rank) <= 1.0 + 1e-12
