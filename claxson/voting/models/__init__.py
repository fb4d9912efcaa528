"""Votes, the queue they are cast from, the people who cast them, and the consensus they reach."""

from claxson.voting.models.consensus import Consensus, ConsensusEvent, ConsensusRun, Label
from claxson.voting.models.notices import Notice
from claxson.voting.models.oversight import AuditRecord, NewcomerCount, SeenNetwork, Suspicion
from claxson.voting.models.question import QuestionVersion
from claxson.voting.models.queue import Boost, GoldSource, Lease, QueueEntry
from claxson.voting.models.skips import ProblemReport, Skip
from claxson.voting.models.voters import ActiveDay, Adoption, VoterRecord
from claxson.voting.models.votes import Vote
from claxson.voting.rules.retirement import CONSENSUS_VOTES

__all__ = [
    "CONSENSUS_VOTES",
    "ActiveDay",
    "Adoption",
    "AuditRecord",
    "Boost",
    "Consensus",
    "ConsensusEvent",
    "ConsensusRun",
    "GoldSource",
    "Label",
    "Lease",
    "NewcomerCount",
    "Notice",
    "ProblemReport",
    "QuestionVersion",
    "QueueEntry",
    "SeenNetwork",
    "Skip",
    "Suspicion",
    "Vote",
    "VoterRecord",
]
