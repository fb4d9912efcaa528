"""Models of the classifier, the runs that made them, and what the serving one says of each source."""

from django.db import models
from django.db.models import Q

from claxson.catalogue.models import Source
from claxson.core.classes import SourceClass


class ModelVersion(models.Model):
    """A fitted model, kept under the hash of its content."""

    class State(models.TextChoices):
        SERVING = "serving"
        RETIRED = "retired"
        REFUSED = "refused"

    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State)
    report = models.JSONField(
        default=dict, help_text="evaluation on reference sources that the crowd never labelled"
    )
    n_literature = models.PositiveIntegerField(default=0)
    n_crowd = models.PositiveIntegerField(default=0)
    trigger = models.CharField(max_length=40, help_text="by hand, or by the number of new labels")
    simulated = models.BooleanField(default=False, help_text="some of its labels are simulated")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="serving"), name="one_model_serves"),
        ]

    def __str__(self) -> str:
        return f"model {self.pk} {self.sha256[:12]} {self.state}"


class Prediction(models.Model):
    """What the serving model says of a source: classifier only, never mixed with votes."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="prediction"
    )
    model = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="predictions")
    probabilities = models.JSONField(help_text="class -> probability")
    best = models.CharField(max_length=4, choices=SourceClass)
    outlier_score = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.source_id}: {self.best}"
