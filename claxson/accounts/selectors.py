"""Reads over people and voters."""

from contextlib import suppress
from uuid import UUID

from django.db.models import Q

from claxson.accounts.models import Voter


def find_voter(key_or_name: str) -> Voter | None:
    """A voter by key, by the account's name, or by a simulated name."""
    named = Q(user__username=key_or_name) | (Q(simulated_name=key_or_name) & ~Q(simulated_name=""))
    with suppress(ValueError):
        named |= Q(pk=UUID(key_or_name))
    return Voter.objects.filter(named).order_by("user_id").first()
