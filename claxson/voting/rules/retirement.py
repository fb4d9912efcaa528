"""When a source has been voted on enough, and what then becomes of it; no database."""

from collections.abc import Mapping

from classifier.retirement import by_certainty
from claxson.voting.rules.question import Question

CONSENSUS_VOTES = 20


def reason_to_close(question: Question, posterior: Mapping[str, float], n_votes: int) -> str:
    """Why no more votes are asked for; empty while they are."""
    if n_votes >= CONSENSUS_VOTES:
        return f"{CONSENSUS_VOTES} votes"
    if not question.adaptive:
        return ""
    decision = by_certainty(list(posterior.values()), n_votes, question.certainty, question.least_votes)
    return decision.reason if decision.retired else ""


def needs_review(question: Question, posterior: Mapping[str, float]) -> bool:
    """An answer less probable than the set limit is for astronomers to decide."""
    return max(posterior.values()) < question.review_below
