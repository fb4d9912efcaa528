"""Rules that end the voting on a source."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import ClassifierError
from classifier.retirement import Decision, by_agreement, by_certainty, by_votes, first_retiring


@pytest.mark.parametrize(("n_votes", "retired"), [(0, False), (19, False), (20, True), (21, True)])
def test_twenty_votes_are_enough(n_votes: int, retired: bool) -> None:
    assert by_votes(n_votes).retired is retired


@pytest.mark.parametrize(
    ("probability", "n_votes", "retired"),
    [(0.99, 5, True), (0.99, 4, False), (0.9899, 19, False), (1.0, 0, False), (0.9999, 200, True)],
)
def test_certainty_needs_probability_and_votes(probability: float, n_votes: int, retired: bool) -> None:
    decision = by_certainty([probability, 1 - probability], n_votes)
    assert decision.retired is retired
    assert decision.rule == "certainty"


@pytest.mark.parametrize(
    ("counts", "retired"),
    [([4, 1], True), ([4, 0], False), ([3, 2], False), ([0, 0], False), ([0, 0, 5], True), ([79, 21], False)],
)
def test_agreement_needs_a_share_and_votes(counts: list[int], retired: bool) -> None:
    assert by_agreement(counts).retired is retired


def test_a_share_met_exactly_is_met() -> None:
    assert by_agreement([7, 3], agreement=0.7).retired
    assert by_certainty([0.1 + 0.2, 0.7], 5, certainty=0.7).retired


def test_the_reason_holds_the_figures() -> None:
    assert by_votes(3).reason == "3 of 20 votes"
    assert by_certainty([0.995, 0.005], 7).reason == "P = 0.9950 of 0.99 after 7 votes, 5 at least"
    assert by_agreement([9, 1]).reason == "90% of 10 votes agree, 80% of 5 at least"


def test_the_first_rule_that_retires_gives_the_reason() -> None:
    decisions = [by_certainty([0.9, 0.1], 20), by_agreement([18, 2]), by_votes(20)]
    assert first_retiring(decisions).rule == "agreement"


def test_where_no_rule_retires_the_cap_speaks() -> None:
    decision = first_retiring([by_certainty([0.9, 0.1], 6), by_votes(6)])
    assert decision == Decision(retired=False, rule="votes", reason="6 of 20 votes")


@pytest.mark.parametrize(
    ("posterior", "message"),
    [
        ([0.7, 0.7], "sum to 1"),
        ([np.nan, 1.0], "sum to 1"),
        ([], "sum to 1"),
        ([[1.0]], "sum to 1"),
        ([1.5, -0.5], "negative"),
    ],
)
def test_it_refuses_what_is_no_probability(posterior: list[float], message: str) -> None:
    with pytest.raises(ClassifierError, match=message):
        by_certainty(posterior, 5)


@pytest.mark.parametrize("counts", [[-1, 2], [0.5, 0.5], [], [[1]], ["a"]])
def test_it_refuses_what_is_no_count(counts: list[object]) -> None:
    with pytest.raises(ClassifierError, match="whole numbers"):
        by_agreement(counts)


def test_it_refuses_rules_that_mean_nothing() -> None:
    for mistaken in (
        lambda: by_votes(-1),
        lambda: by_votes(1, needed=0),
        lambda: by_certainty([1.0], 5, certainty=99.0),
        lambda: by_agreement([5], agreement=0.0),
        lambda: first_retiring([]),
    ):
        with pytest.raises(ClassifierError):
            mistaken()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.integers(0, 5))
def test_a_vote_with_the_leaders_never_brings_a_source_back(counts: list[int], more: int) -> None:
    before = by_agreement(counts)
    counts[int(np.argmax(counts))] += more
    assert by_agreement(counts).retired >= before.retired
