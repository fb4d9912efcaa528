"""Sources that volunteers passed over, and what they said is wrong with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source


class Skip(models.Model):
    """A voter passed this source over; it rests for them for a while (rules.skipping)."""

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="skips")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="skips")
    skipped_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voter", "source"], name="one_skip_per_voter_and_source")
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.source_id} {self.skipped_at:%Y-%m-%d}"


class ProblemReport(models.Model):
    """Something of a source is missing or wrong; somebody looks and settles it."""

    class Reason(models.TextChoices):
        PICTURE = "picture", _("A picture is missing")
        PLOT = "plot", _("A plot is missing")
        POSITION = "position", _("The position is wrong")
        OTHER = "other", _("Something else is wrong")

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="problem_reports")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="problem_reports")
    reason = models.CharField(max_length=8, choices=Reason)
    text = models.CharField(max_length=500, blank=True)
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "source"],
                condition=models.Q(settled_at=None),
                name="one_open_report_per_voter_and_source",
            )
        ]
        indexes = [
            models.Index(fields=["source"], condition=models.Q(settled_at=None), name="open_problem_reports")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.reason}"
