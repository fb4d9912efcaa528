from dataclasses import replace

import pytest

from claxson.voting.rules.question import FIRST, problems, succeed


def test_the_first_question_can_be_asked() -> None:
    assert not list(problems(FIRST))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"answers": ("agn", "star", "quasar")}, "unknown answers: quasar"),
        ({"answers": ("agn", "star", "agn")}, "twice"),
        ({"answers": ("agn", "unsure")}, "two of the answers that decide"),
        ({"certainty": 1.0}, "certainty"),
        ({"least_votes": 21}, "least_votes"),
        ({"review_below": 1.5}, "review_below"),
        ({"random_share": -0.1}, "random_share"),
        ({"wording": "?" * 201}, "wording"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(change, complaint) -> None:
    [said] = problems(replace(FIRST, **change))
    assert complaint in said


def test_other_rules_go_on_counting_and_other_answers_begin_anew() -> None:
    second = succeed(FIRST, replace(FIRST, adaptive=True))
    assert (second.version, second.counts_since) == (2, 1)
    third = succeed(second, replace(second, answers=("agn", "star", "unsure")))
    assert (third.version, third.counts_since) == (3, 3)


def test_the_same_answers_in_another_order_are_the_same_answers() -> None:
    assert succeed(FIRST, replace(FIRST, answers=FIRST.answers[::-1])).counts_since == 1
