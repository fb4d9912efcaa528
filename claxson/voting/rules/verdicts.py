"""What astronomers may do with a source, from which state; no database."""

from collections.abc import Mapping

# An answer of the crowd more probable than this is overruled by two people, not by one.
NEAR_CERTAIN = 0.99

DECIDED = ("confirmed", "overruled")
AFTER_THE_VOTE = ("consensus", "review")


def may_decide(state: str) -> bool:
    return state in AFTER_THE_VOTE


def may_go_to_review(state: str) -> bool:
    return state == "consensus" or state in DECIDED


def needs_a_second_person(posterior: Mapping[str, float] | None) -> bool:
    """Whether overruling what the crowd says takes two."""
    return posterior is not None and max(posterior.values(), default=0.0) > NEAR_CERTAIN
