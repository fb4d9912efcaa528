"""One person's answer about one source."""

from django.db import models
from django.db.models import Q

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.core.classes import Answer


class Vote(models.Model):
    """An answer, kept for ever; what no longer stands is withdrawn, not deleted."""

    class Withdrawal(models.TextChoices):
        UNDONE = "undone", "taken back by its voter"
        ADOPTED = "adopted", "a second vote of a person whose two identities became one"

    key = models.UUIDField(
        unique=True, help_text="made by the client: the same request again is the same vote"
    )
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="votes")
    question_version = models.PositiveSmallIntegerField(default=1)
    answer = models.CharField(max_length=8, choices=Answer)
    nothing_seen = models.BooleanField(default=False)
    comment = models.CharField(max_length=1000, blank=True)
    counted = models.BooleanField(help_text="among the twenty of its source")
    late = models.BooleanField(default=False, help_text="its lease had ended, or the source was closed")
    gold_class = models.CharField(max_length=8, blank=True, help_text="the known class, on a gold source")
    level = models.PositiveSmallIntegerField(default=1, help_text="the voter's, when it was cast")
    mode = models.CharField(max_length=8, blank=True, help_text="how the source was chosen: Lease.Mode")
    propensity = models.FloatField(null=True, help_text="the lease's: probability that it was this source")
    dwell_ms = models.PositiveIntegerField(null=True, help_text="from the source's showing to the answer")
    cast_at = models.DateTimeField(db_index=True)
    set_aside_at = models.DateTimeField(null=True, help_text="not counted: its voter is in quarantine")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=8, choices=Withdrawal, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "source", "question_version"],
                condition=Q(withdrawn_at=None),
                name="one_vote_per_voter_and_source",
            ),
            models.CheckConstraint(
                condition=Q(counted=False)
                | Q(withdrawn_at=None, set_aside_at=None, gold_class="", late=False),
                name="only_a_standing_vote_counts",
            ),
        ]
        indexes = [
            models.Index(fields=["voter", "-id"], name="votes_of_voter"),
            models.Index(
                fields=["voter", "-id"],
                include=["gold_class", "answer", "level"],
                condition=~Q(gold_class="") & Q(withdrawn_at=None),
                name="gold_votes_of_voter",
            ),
            models.Index(fields=["voter"], condition=~Q(set_aside_at=None), name="votes_set_aside"),
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.source_id} {self.answer}"
