"""What can be wrong with a vote."""

from claxson.core.errors import ClaxsonError


class VoteRefused(ClaxsonError):
    """The root of refusals; nothing was stored."""

    code = "vote_refused"


class UnknownSource(VoteRefused):
    """There is no such source, or it is not open to volunteers."""

    code = "unknown_source"


class AlreadyVoted(VoteRefused):
    """This voter has voted on this source before; the first vote stands."""

    code = "already_voted"


class KeyReused(VoteRefused):
    """The idempotency key belongs to another vote."""

    code = "key_reused"
