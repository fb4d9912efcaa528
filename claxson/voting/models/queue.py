"""What volunteers are shown: sources open to votes, sources that teach, and the leases on both."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Random

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.core.classes import SourceClass
from claxson.voting.rules.retirement import CONSENSUS_VOTES


class QueueEntry(models.Model):
    """A source that volunteers are asked about: how far its vote is, and how much it is worth looking at."""

    class State(models.TextChoices):
        VOTING = "voting"
        CONSENSUS = "consensus"
        REVIEW = "review"
        CONFIRMED = "confirmed"
        OVERRULED = "overruled"

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="queue_entry"
    )
    state = models.CharField(max_length=12, choices=State, default=State.VOTING)
    n_votes = models.PositiveSmallIntegerField(default=0, help_text="counted votes")
    n_leased = models.PositiveSmallIntegerField(default=0, help_text="live leases whose vote would count")
    log_odds = ArrayField(
        models.FloatField(), default=list, help_text="of the counted votes, per answer; see rules.evidence"
    )
    interest = models.FloatField(
        default=1.0, help_text="the classifier's side: entropy and strangeness, 0 to 1"
    )
    boost = models.FloatField(default=0.0, help_text="the sum of its pins and campaigns")
    priority = models.FloatField(default=1.0, help_text="rules.assignment.priority; higher is sooner")
    lottery = models.FloatField(db_default=Random(), help_text="its place in the random draw, 0 to 1")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(n_votes__lte=CONSENSUS_VOTES - F("n_leased")), name="never_a_21st_counted_vote"
            ),
            models.CheckConstraint(
                condition=Q(state="voting", n_votes__lt=CONSENSUS_VOTES)
                | (~Q(state="voting") & Q(n_leased=0)),
                name="closed_at_the_20th_vote",
            ),
        ]
        indexes = [
            models.Index(
                F("priority").desc(), "source", condition=Q(state="voting"), name="queue_by_priority"
            ),
            models.Index(fields=["lottery"], condition=Q(state="voting"), name="queue_by_lottery"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.n_votes} {self.state}"


class GoldSource(models.Model):
    """A source of known class with something to look at: it teaches, or (hidden) measures, and is no vote."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="gold_source"
    )
    gold_class = models.CharField(max_length=4, choices=SourceClass)
    hidden = models.BooleanField(help_text="its class is never told to who voted on it")
    lottery = models.FloatField(db_default=Random())

    class Meta:
        indexes = [models.Index(fields=["hidden", "gold_class", "lottery"], name="gold_by_lottery")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.gold_class}"


class LeaseQuerySet(models.QuerySet["Lease"]):
    """Leases, by the database's clock."""

    def live(self) -> Self:
        return self.filter(expires_at__gt=Now())


class Lease(models.Model):
    """The right to vote once on one source, for half an hour; it goes with the vote."""

    class Mode(models.TextChoices):
        ACTIVE = "active", "the most worth looking at"
        RANDOM = "random", "drawn by lot, for unbiased statistics"
        LISTED = "listed", "from a list: a class, an experiment"
        TRAINING = "training", "gold that tells its class after the vote"
        HIDDEN = "hidden", "gold that does not"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="leases")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="leases")
    question_version = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8, choices=Mode)
    propensity = models.FloatField(null=True)
    reserved = models.BooleanField(help_text="holds one of the source's twenty places")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voter", "source"], name="one_lease_per_voter_and_source")
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.source_id} until {self.expires_at:%H:%M:%S}"


class Boost(models.Model):
    """An astronomer's pin, or a campaign's: this source sooner than its own worth would have it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="boosts")
    campaign = models.CharField(max_length=80, blank=True, help_text="empty: a single pin")
    weight = models.FloatField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "campaign"], name="one_boost_per_source_and_campaign")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} +{self.weight} {self.campaign}"
