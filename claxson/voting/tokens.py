"""The signed form of a lease: a late vote is known for an honest one even when its lease is long gone."""

from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

from claxson.voting.errors import ForgedLease

_signer = Signer(salt="claxson.voting.lease")


@dataclass(frozen=True)
class LeaseToken:
    """What the server handed out; it says nothing of whether the source's class is known."""

    lease: UUID
    voter: UUID
    source_id: int
    question_version: int

    def signed(self) -> str:
        return _signer.sign(f"{self.lease.hex}.{self.voter.hex}.{self.source_id}.{self.question_version}")


def read_token(signed: str) -> LeaseToken:
    """The lease of that token; refused when this site did not sign it."""
    try:
        lease, voter, source_id, version = _signer.unsign(signed).split(".")
        return LeaseToken(UUID(lease), UUID(voter), int(source_id), int(version))
    except (BadSignature, ValueError) as error:
        raise ForgedLease(
            "This answer does not come from a source that was handed out here; nothing was stored."
        ) from error
