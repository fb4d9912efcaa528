"""What a voter is told of the sources they answered for."""

from django.db import models
from django.db.models import Q

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.models.consensus import ConsensusEvent


class Notice(models.Model):
    """The newest step of one source, for one of its voters; a later step takes its place, unread again."""

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="notices")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(ConsensusEvent, on_delete=models.CASCADE, related_name="notices")
    agreed = models.BooleanField(null=True, help_text="whether the voter said the same; null: `unsure`")
    first = models.BooleanField(default=False, help_text="nobody said so before them")
    at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voter", "source"], name="one_notice_per_voter_and_source")
        ]
        indexes = [models.Index(fields=["voter"], condition=Q(read_at=None), name="unread_notices_of_voter")]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.source_id}: {self.event_id}"
