import numpy as np
import pytest

from claxson.core.classes import DECISIVE
from claxson.voting.oversight.detectors import (
    Activity,
    Rhythm,
    below_chance,
    one_answer,
    one_network,
    regular,
    too_fast,
)
from claxson.voting.rules.crowd import answer_of, make_crowd

CROWD = {"agn": 6000, "star": 3000, "xrb": 600, "cv": 300, "other": 100}


def test_the_same_answer_again_and_again_is_suspicious() -> None:
    evidence = one_answer(Activity({"star": 58, "agn": 2}), CROWD)
    assert evidence is not None
    assert (evidence["answer"], evidence["n"]) == ("star", 60)
    assert evidence["share"] == pytest.approx(58 / 60)


def test_a_few_answers_prove_nothing() -> None:
    assert one_answer(Activity({"star": 49}), CROWD) is None
    assert too_fast(Activity(n_timed=29, median_ms=100)) is None
    assert below_chance(Activity(n_gold=8, n_right=0)) is None
    assert below_chance(Activity()) is None


def test_where_nearly_all_sources_are_of_one_kind_nobody_is_suspected() -> None:
    crowd = {"agn": 9900, "star": 100, "xrb": 0, "cv": 0, "other": 0}
    assert one_answer(Activity({"agn": 100}), crowd) is None


def test_who_makes_up_the_crowd_cannot_hide_in_it() -> None:
    crowd = {"agn": 50, "star": 5000, "xrb": 20, "cv": 20, "other": 0}
    assert one_answer(Activity({"star": 4950}), crowd) is not None


def test_half_the_answers_within_a_second_are_too_fast() -> None:
    assert too_fast(Activity(n_timed=30, median_ms=999.0)) == {"median_ms": 999.0, "n": 30}
    assert too_fast(Activity(n_timed=30, median_ms=1000.0)) is None


@pytest.mark.parametrize(
    ("right", "n", "suspected"), [(0, 14, True), (10, 60, True), (20, 60, False), (5, 20, False)]
)
def test_no_better_than_a_guess_is_suspicious_once_it_is_sure(right: int, n: int, suspected: bool) -> None:
    assert (below_chance(Activity(n_gold=n, n_right=right)) is not None) == suspected


def test_of_a_usual_crowd_only_who_guesses_is_ever_suspected() -> None:
    rng = np.random.default_rng(5)
    suspected = set()
    for volunteer in make_crowd(300, rng):
        truth = rng.choice(DECISIVE[:4], 80)
        answers = [answer_of(volunteer, cls, rng) for cls in truth]
        right = sum(a == t for a, t in zip(answers, truth, strict=True))
        counts = {answer: answers.count(answer) for answer in DECISIVE}
        activity = Activity(counts, n_gold=80 - answers.count("unsure"), n_right=right)
        if below_chance(activity) or one_answer(activity, CROWD):
            suspected.add(volunteer.kind)
    assert suspected == {"random"}


def rhythm(pauses: np.ndarray) -> Rhythm:
    first, middle, third = np.quantile(pauses, [0.25, 0.5, 0.75])
    return Rhythm(len(pauses), (first, middle, third))


def test_a_timer_is_suspicious_even_where_it_is_not_quite_even() -> None:
    evidence = regular(rhythm(8 + 0.4 * np.random.default_rng(1).random(60)))
    assert evidence is not None
    assert evidence["n"] == 60
    assert evidence["median_s"] == pytest.approx(8.2, abs=0.1)
    assert evidence["spread"] < 0.05
    assert regular(Rhythm(49, (8.0, 8.0, 8.0))) is None


def test_no_person_is_as_regular_as_a_timer() -> None:
    """Pauses as platforms report them: half below 10 s, a tenth above 29; and twice as even."""
    rng = np.random.default_rng(2)
    people = (np.exp(rng.normal(np.log(10), sigma, 60)) for sigma in [0.69, 0.35] * 500)
    assert not any(regular(rhythm(pauses)) for pauses in people)


def test_many_who_guess_behind_one_network_are_suspicious_where_each_alone_is_not() -> None:
    members = [Activity(n_gold=6, n_right=1)] * 10
    assert below_chance(members[0]) is None
    evidence = one_network(members)
    assert evidence is not None
    assert (evidence["voters"], evidence["as_one"], evidence["n"]) == (10, "below chance", 60)
    assert one_network([Activity(n_gold=10, n_right=2)] * 4) is None  # a family


def test_many_who_rush_behind_one_network_are_suspicious() -> None:
    evidence = one_network([Activity(n_timed=10, median_ms=400)] * 5)
    assert evidence == {"voters": 5, "as_one": "too fast", "median_ms": 400, "n": 50}


def test_a_school_is_not_suspicious() -> None:
    pupils = [Activity({"agn": 12, "star": 8}, n_timed=20, median_ms=5000, n_gold=8, n_right=5)] * 30
    assert one_network(pupils) is None
    assert one_network([*pupils, Activity(n_timed=20, median_ms=300)]) is None
