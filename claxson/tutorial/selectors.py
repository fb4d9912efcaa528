"""Reads for a volunteer's path."""

from claxson.accounts.models import Voter
from claxson.tutorial.levels import Progress, progress
from claxson.voting.models import VoterRecord
from claxson.voting.selectors import last_gold_answers


def progress_of(voter: Voter) -> Progress:
    """Where this voter stands, and what is missing for the next level."""
    record = VoterRecord.objects.filter(voter=voter).first() or VoterRecord(voter=voter)
    trained = record.trained_at is not None
    return progress(record.n_votes, [] if trained else last_gold_answers(voter.pk), trained=trained)
