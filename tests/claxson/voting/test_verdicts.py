import pytest

from claxson.voting.rules.verdicts import may_decide, may_go_to_review, needs_a_second_person


@pytest.mark.parametrize(
    ("state", "decide", "review"),
    [
        ("voting", False, False),
        ("consensus", True, True),
        ("review", True, False),
        ("confirmed", False, True),
        ("overruled", False, True),
    ],
)
def test_a_verdict_follows_the_vote_and_goes_through_review_to_be_changed(state, decide, review) -> None:
    assert (may_decide(state), may_go_to_review(state)) == (decide, review)


def test_two_people_overrule_a_crowd_that_is_nearly_certain() -> None:
    assert needs_a_second_person({"agn": 0.991, "star": 0.009})
    assert not needs_a_second_person({"agn": 0.99, "star": 0.01})
    assert not needs_a_second_person(None)
