"""Votes, the queue they are cast from, the consensus they reach, and labels of every provenance."""

from django.db import models
from django.db.models import F, Q

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.core.classes import Answer, SourceClass

CONSENSUS_VOTES = 20


class QueueEntry(models.Model):
    """A source that volunteers may be shown: how far its vote is, and how much it is worth looking at."""

    class State(models.TextChoices):
        VOTING = "voting"
        CONSENSUS = "consensus"

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="queue_entry"
    )
    state = models.CharField(max_length=12, choices=State, default=State.VOTING)
    n_votes = models.PositiveSmallIntegerField(default=0, help_text="counted votes")
    priority = models.FloatField(default=1.0, help_text="written by the classifier's side; higher is sooner")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(n_votes__lte=CONSENSUS_VOTES), name="never_a_21st_counted_vote"
            ),
            models.CheckConstraint(
                condition=Q(state="voting", n_votes__lt=CONSENSUS_VOTES)
                | Q(state="consensus", n_votes=CONSENSUS_VOTES),
                name="closed_at_the_20th_vote",
            ),
        ]
        indexes = [
            models.Index(
                F("priority").desc(), "source", condition=Q(state="voting"), name="queue_by_priority"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.n_votes} {self.state}"


class Vote(models.Model):
    """One person's answer about one source."""

    key = models.UUIDField(
        unique=True, help_text="made by the client: the same request again is the same vote"
    )
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="votes")
    question_version = models.PositiveSmallIntegerField(default=1)
    answer = models.CharField(max_length=8, choices=Answer)
    nothing_seen = models.BooleanField(default=False)
    comment = models.CharField(max_length=1000, blank=True)
    counted = models.BooleanField()
    cast_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "source", "question_version"], name="one_vote_per_voter_and_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.source_id} {self.answer}"


class Consensus(models.Model):
    """What the crowd alone says of a source, once twenty votes are in."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="consensus"
    )
    answer = models.CharField(max_length=8, choices=Answer)
    shares = models.JSONField(help_text="answer -> share of the counted votes")
    agreement = models.FloatField(help_text="share of the counted votes for the winning answer")
    posterior = models.JSONField(
        null=True, help_text="answer -> probability, from all votes and the voters' skills"
    )
    method = models.CharField(max_length=40, blank=True, help_text="how the posterior was found")
    reached_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id}: {self.answer}"


class Label(models.Model):
    """A class from the literature; the reference against which models are judged."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="label")
    source_class = models.CharField(max_length=4, choices=SourceClass)
    original_class = models.CharField(max_length=40, help_text="the class as the publication writes it")
    provenance = models.CharField(max_length=120, help_text="file, table or paper the label comes from")

    def __str__(self) -> str:
        return f"{self.source_id}: {self.source_class}"
