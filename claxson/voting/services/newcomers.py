"""Voters coming in: visitors without an account, what becomes of their votes later, and from where."""

import datetime as dt
import ipaddress
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from claxson.accounts.models import User, Voter
from claxson.accounts.services import voter_of
from claxson.accounts.visitors import signed_in, visitor
from claxson.voting.errors import TooFast, UnknownVoter
from claxson.voting.models import NewcomerCount, SeenNetwork
from claxson.voting.rules.pace import NEWCOMERS_PER_DAY
from claxson.voting.services.adoption import adopt

KEEP_DAYS = 30
# One conditional statement: of two newcomers at once, the one too many sees no row.
ADMIT = """
INSERT INTO voting_newcomercount (network, day, n_voters) VALUES (%s, %s, 1)
ON CONFLICT (network, day) DO UPDATE SET n_voters = voting_newcomercount.n_voters + 1
WHERE voting_newcomercount.n_voters < %s RETURNING n_voters
"""
# Nothing for who is erased at this moment.
SEEN = """
INSERT INTO voting_seennetwork (voter_id, network, day)
SELECT id, %s, %s FROM accounts_voter WHERE id = %s FOR KEY SHARE
ON CONFLICT (network, voter_id) DO UPDATE SET day = EXCLUDED.day WHERE voting_seennetwork.day < EXCLUDED.day
"""


def voter_of_request(request: HttpRequest) -> Voter:
    """The voter of this browser: the account's, into which a visitor's votes are taken; else the visitor."""
    network = network_of(request)
    voter = _voter(request, network)
    note_network(voter.pk, network, timezone.now().date())
    return voter


def _voter(request: HttpRequest, network: str) -> Voter:
    before = visitor(request)
    user = signed_in(request)
    if user is None:
        return before or admit(network)
    try:
        return _own(user, before)
    except IntegrityError as error:  # the account was erased since this request found it
        raise UnknownVoter from error


def _own(user: User, before: Voter | None) -> Voter:
    if before is None:
        return voter_of(user=user)
    return adopt(visitor=before, user=user)


@transaction.atomic
def admit(network: str) -> Voter:
    """A new visitor without an account; one network may send so many in a day."""
    with connection.cursor() as cursor:
        cursor.execute(ADMIT, [network, timezone.now().date(), NEWCOMERS_PER_DAY])
        if cursor.fetchone() is None:
            raise TooFast("Too many new visitors come from your network today; please sign up.", 3600)
    return Voter.objects.create()


@lru_cache(maxsize=20_000)
def note_network(voter: UUID, network: str, day: dt.date) -> None:
    """Once a day for each voter and network; what this process has noted it does not note again."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [network, day, voter])


def network_of(request: HttpRequest) -> str:
    """The client's network: its address with the last part cut off, so that it names nobody."""
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    hops = [*forwarded, request.META.get("REMOTE_ADDR") or "0.0.0.0"]  # noqa: S104  # no address is bound
    try:
        address = ipaddress.ip_address(hops[-1 - min(settings.TRUSTED_PROXIES, len(hops) - 1)])
    except ValueError:
        return "0.0.0.0"  # noqa: S104
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False).network_address)


def forget_old_networks() -> int:
    """Drop what is older than 30 days."""
    oldest = timezone.now().date() - dt.timedelta(days=KEEP_DAYS)
    return sum(kept.objects.filter(day__lt=oldest).delete()[0] for kept in (NewcomerCount, SeenNetwork))
