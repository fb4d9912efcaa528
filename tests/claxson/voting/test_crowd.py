import numpy as np
import pytest

from claxson.voting.rules.crowd import CLASSES, KINDS, SimulatedVolunteer, answer_of, looks_like, make_crowd


def test_the_same_seed_makes_the_same_crowd() -> None:
    assert make_crowd(30, np.random.default_rng(1)) == make_crowd(30, np.random.default_rng(1))
    assert len({volunteer.name for volunteer in make_crowd(30, np.random.default_rng(1))}) == 30


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_right_as_often_as_documented(kind: str) -> None:
    rng = np.random.default_rng(2)
    answers = [answer_of(SimulatedVolunteer("v", kind), "xrb", rng) for _ in range(4000)]
    decided = [answer for answer in answers if answer != "unsure"]
    assert np.mean([a == "xrb" for a in decided]) == pytest.approx(KINDS[kind].right, abs=0.03)
    assert set(answers) == {*CLASSES, "unsure"}


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"log_fx_fr": -2.0}, "star"),
        ({"hr2": -0.7, "log_fx_fr": None}, "star"),
        ({"hr2": 0.4, "hr3": 0.5, "gal_lat_deg": -2.0}, "xrb"),
        ({"hr2": 0.4, "hr3": 0.5, "gal_lat_deg": 60.0}, "agn"),
        ({}, "agn"),
    ],
)
def test_without_a_truth_the_crowd_goes_by_the_field_guide(features: dict, expected: str) -> None:
    assert looks_like(features) == expected
