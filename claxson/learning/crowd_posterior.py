"""The crowd's posterior: counted votes on closed sources, weighed by voters' skills; no classifier in it."""

import numpy as np

from classifier.aggregation import aggregate_votes
from claxson.core.classes import DECISIVE
from claxson.voting.selectors import counted_votes_of_closed_sources
from claxson.voting.services import store_posteriors

METHOD = "dawid-skene"


def update_posteriors() -> int:
    """Aggregate all votes anew and store the posterior of each closed source; how many there are."""
    votes = list(counted_votes_of_closed_sources())
    if not votes:
        return 0
    voters = {key: i for i, key in enumerate(dict.fromkeys(vote.voter_id for vote in votes))}
    result = aggregate_votes(
        np.array([vote.source_id for vote in votes]),
        np.array([voters[vote.voter_id] for vote in votes]),
        np.array([DECISIVE.index(vote.answer) for vote in votes]),
        len(DECISIVE),
        method=METHOD,
    )
    posteriors = {
        int(item): dict(zip(DECISIVE, map(float, row), strict=True))
        for item, row in zip(result.items, result.posterior, strict=True)
    }
    store_posteriors(posteriors=posteriors, method=METHOD)
    return len(posteriors)
