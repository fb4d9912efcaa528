"""A run over all votes: posteriors of closed sources, habits of voters, and the rules side by side."""

import logging
from dataclasses import asdict

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Now

from classifier.aggregation import Aggregation, aggregate_votes
from classifier.aggregation.scoreboard import score_rules
from claxson.core.classes import DECISIVE
from claxson.voting.aggregation.reading import VoteTable, read_votes
from claxson.voting.aggregation.writing import write_habits, write_open_evidence, write_posteriors
from claxson.voting.models import ConsensusRun, GoldSource
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.recounting import change_many_entries

logger = logging.getLogger(__name__)

METHOD = "dawid-skene"
CHALLENGERS = ("majority", "one-coin", "dawid-skene")
LEAST_GOLD_TO_SCORE = 30
AGGREGATION_LOCK = 0x434C5832


@transaction.atomic
def aggregate_all() -> ConsensusRun | None:
    """Aggregate all votes anew; None where there are none. The same votes give the same result."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AGGREGATION_LOCK])
    votes = read_votes()
    if not len(votes):
        return None
    result = aggregate_votes(*votes.columns, len(DECISIVE), method=METHOD, gold=votes.gold)
    run = _record(result, votes)
    change_many_entries()
    write_open_evidence(result)
    changed = write_posteriors(result, run, question_in_force())
    write_habits(result)  # last: a vote that holds an entry waits for its voter's record
    logger.info("%s: %d posteriors written, %d votes", run, changed, run.n_votes)
    return run


def _record(result: Aggregation, votes: VoteTable) -> ConsensusRun:
    fit, crowd = result.fit, result.habits_of(0)  # records are numbered from 1: nobody's habits, the crowd's
    return ConsensusRun.objects.create(
        method=METHOD,
        n_votes=len(votes),
        n_sources=len(result.items),
        class_shares=fit.class_shares.tolist(),
        crowd=crowd.ravel().tolist(),
        scale=fit.calibration.scale,
        dependence=fit.calibration.dependence,
        scoreboard=_scoreboard(votes),
        finished_at=Now(),
    )


def _scoreboard(votes: VoteTable) -> list[dict[str, float | str]]:
    """The rules on hidden gold, as if its classes were unknown; empty while there is too little of it."""
    hidden = set(GoldSource.objects.filter(hidden=True).values_list("pk", flat=True))
    truth = {item: cls for item, cls in votes.gold.items() if item in hidden}
    among = np.isin(votes.item, np.fromiter(truth, dtype=np.int64, count=len(truth)))
    if len(np.unique(votes.item[among])) < LEAST_GOLD_TO_SCORE:
        return []
    rows = (votes.item[among], votes.voter[among], votes.label[among])
    return [asdict(score) for score in score_rules(rows, len(DECISIVE), truth, CHALLENGERS)]
