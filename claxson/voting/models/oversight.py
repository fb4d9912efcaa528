"""Against abuse: what detectors found, what administrators did, how many newcomers a network sent."""

from django.conf import settings
from django.db import models

from claxson.accounts.models import Voter


class Suspicion(models.Model):
    """What a detector found about a voter; a person decides what follows."""

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="suspicions")
    detector = models.CharField(max_length=20)
    evidence = models.JSONField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "detector"],
                condition=models.Q(settled_at=None),
                name="one_open_suspicion_per_voter_and_detector",
            )
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.detector}"


class AuditRecord(models.Model):
    """An administrative act: who, what, on what, why; rows are only ever added."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.act} {self.subject}"


class SeenNetwork(models.Model):
    """A network from which a voter was handed sources; kept for 30 days, against sock puppets."""

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="networks")
    network = models.GenericIPAddressField(help_text="/24, or /48 in IPv6")
    day = models.DateField(db_index=True, help_text="the last one")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "voter"], name="one_row_per_network_and_voter")
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.day}: {self.voter_id}"


class NewcomerCount(models.Model):
    """How many visitors without an account came from one network on one day; linked to nobody."""

    network = models.GenericIPAddressField(help_text="/24, or /48 in IPv6")
    day = models.DateField(db_index=True)
    n_voters = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "day"], name="one_row_per_network_and_day")]

    def __str__(self) -> str:
        return f"{self.network} {self.day}: {self.n_voters}"
