"""The record of administrative acts."""

from typing import Any

from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.voting.models import AuditRecord

REASON_LENGTH = 200


def record_act(
    act: str, subject: object, *, reason: str = "", actor: User | None = None, **details: Any
) -> None:
    """One more line, in the transaction of the act; without an actor it was done at the command line."""
    AuditRecord.objects.create(
        act=act, subject=str(subject), reason=reason[:REASON_LENGTH], actor=actor, details=details, at=Now()
    )
