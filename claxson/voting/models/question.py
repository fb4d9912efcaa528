"""The question volunteers are asked, and the rules by which their answers count: versioned."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class QuestionVersion(models.Model):
    """The question and its rules from one moment on; rows are only ever added, the newest is in force.

    Version 1 is the one in the code (`rules.question.FIRST`) and has no row.
    """

    version = models.PositiveSmallIntegerField(primary_key=True)
    counts_since = models.PositiveSmallIntegerField(
        default=1, help_text="votes of this version and later ones count together: the answers are the same"
    )
    answers = ArrayField(models.CharField(max_length=8))
    wording = models.CharField(max_length=200, blank=True, help_text="empty: as the pages have it")
    trained_only = models.BooleanField()
    adaptive = models.BooleanField()
    certainty = models.FloatField()
    least_votes = models.PositiveSmallIntegerField()
    review_below = models.FloatField()
    random_share = models.FloatField()
    reason = models.CharField(max_length=200)
    enacted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    enacted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(version__gt=1), name="version_1_is_in_the_code")
        ]

    def __str__(self) -> str:
        return f"question {self.version}"
