"""What the crowd alone says of a source, how that came about, and labels from the literature."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from claxson.catalogue.models import Source
from claxson.core.classes import Answer, SourceClass


class ConsensusRun(models.Model):
    """One aggregation of all votes; what it learnt of the crowd serves every vote until the next."""

    method = models.CharField(max_length=40)
    n_votes = models.PositiveIntegerField()
    n_sources = models.PositiveIntegerField()
    class_shares = ArrayField(models.FloatField(), help_text="how common each answer is")
    crowd = ArrayField(models.FloatField(), help_text="mean P(answer | true answer), row by row")
    scale = models.FloatField(default=1.0, help_text="of classifier.aggregation.calibration.Calibration")
    dependence = models.FloatField(default=0.0, help_text="likewise")
    scoreboard = models.JSONField(default=list, help_text="the rules side by side on hidden gold")
    finished_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"run {self.pk}: {self.n_sources} sources"


class Consensus(models.Model):
    """The crowd's answer on a closed source; no classifier's opinion is in it."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="consensus"
    )
    answer = models.CharField(max_length=8, choices=Answer)
    shares = models.JSONField(help_text="answer -> share of the counted votes")
    agreement = models.FloatField(help_text="share of the counted votes for the winning answer")
    posterior = models.JSONField(
        null=True, help_text="answer -> probability, from all votes and the voters' skills"
    )
    difficulty = models.FloatField(null=True, help_text="entropy of the posterior, 0 (plain) to 1")
    method = models.CharField(max_length=40, blank=True, help_text="how the posterior was found")
    run = models.ForeignKey(ConsensusRun, on_delete=models.SET_NULL, null=True, related_name="decided")
    verdict = models.CharField(max_length=8, choices=Answer, blank=True, help_text="the astronomers'")
    training_version = models.PositiveIntegerField(null=True, help_text="the model that learnt from it last")
    reached_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id}: {self.answer}"


class ConsensusEvent(models.Model):
    """One step of a source between the states; rows are only ever added."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="consensus_events")
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    reason = models.CharField(max_length=200)
    run = models.ForeignKey(ConsensusRun, on_delete=models.SET_NULL, null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="when its source's voters were told of it")

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(told_at=None), name="steps_not_told")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.before} -> {self.after}"


class Label(models.Model):
    """A class from the literature; the reference against which models are judged."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="label")
    source_class = models.CharField(max_length=4, choices=SourceClass)
    original_class = models.CharField(max_length=40, help_text="the class as the publication writes it")
    provenance = models.CharField(max_length=120, help_text="file, table or paper the label comes from")

    def __str__(self) -> str:
        return f"{self.source_id}: {self.source_class}"
