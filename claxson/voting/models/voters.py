"""What is kept of a voter: counters, training, habits, and the days of activity."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F

from claxson.accounts.models import Voter


class VoterRecord(models.Model):
    """A voter's counters, changed in the vote's own transaction; `id` is a number, for arrays, never 0."""

    voter = models.OneToOneField(Voter, on_delete=models.CASCADE, related_name="record")
    n_votes = models.PositiveIntegerField(default=0, help_text="standing votes of every kind")
    n_gold = models.PositiveIntegerField(default=0, help_text="standing answers on gold, `unsure` left out")
    n_right = models.PositiveIntegerField(default=0, help_text="those of them that were right")
    trained_at = models.DateTimeField(null=True, help_text="level 2 since: votes count from then on")
    quarantined_at = models.DateTimeField(null=True)
    habits = ArrayField(
        models.FloatField(), null=True, help_text="P(answer | true answer) by the last run, row by row"
    )
    time_zone = models.CharField(max_length=40, default="UTC", help_text="whose midnight ends a day")
    daily_goal = models.PositiveSmallIntegerField(default=5, db_default=5, help_text="votes a day; 0: none")
    named = models.BooleanField(
        default=False, db_default=False, help_text="on pages of sources, where they were among the first"
    )
    tokens = models.FloatField(default=0, help_text="leases that may still be asked for now; see rules.pace")
    tokens_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("n_votes").desc(), "id", name="voters_by_votes")]
        constraints = [
            models.CheckConstraint(condition=models.Q(n_right__lte=F("n_gold")), name="right_is_part_of_gold")
        ]

    def __str__(self) -> str:
        return f"{self.voter_id}: {self.n_votes} votes"

    @property
    def level(self) -> int:
        return 1 if self.trained_at is None else 2


class Adoption(models.Model):
    """A visitor whose votes went to an account: answers that were on their way then follow them."""

    visitor = models.UUIDField(primary_key=True, editable=False)
    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="adoptions")

    def __str__(self) -> str:
        return f"{self.visitor} is {self.voter_id}"


class ActiveDay(models.Model):
    """How many votes a voter cast on one day of their own time zone: streaks, daily goals, leaderboards."""

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="active_days")
    day = models.DateField()
    n_votes = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["voter", "day"], name="one_row_per_voter_and_day")]
        indexes = [models.Index(fields=["day"], include=["voter", "n_votes"], name="activity_by_day")]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.day}: {self.n_votes}"
