"""What can be wrong with asking for a source, with a vote, and with what is decided about both."""

from claxson.core.errors import ClaxsonError


class VoteRefused(ClaxsonError):
    """The root of refusals; nothing was stored."""

    code = "vote_refused"


class ForgedLease(VoteRefused):
    """The vote's lease was not signed by this site, or is another voter's."""

    code = "forged_lease"


class UnknownSource(VoteRefused):
    """There is no such source, or it is not open to volunteers."""

    code = "unknown_source"


class UnknownVoter(UnknownSource):
    """The voter is not known here any more; told as an unknown source is, for its lease went with them."""

    def __init__(self) -> None:
        super().__init__("This account was erased at this moment; nothing was stored.")


class UnknownAnswer(VoteRefused):
    """The question does not have this answer."""

    code = "unknown_answer"


class AlreadyVoted(VoteRefused):
    """This voter has voted on this source before; the first vote stands."""

    code = "already_voted"


class KeyReused(VoteRefused):
    """The idempotency key belongs to another vote."""

    code = "key_reused"


class NothingToUndo(VoteRefused):
    """There is no vote that could still be taken back."""

    code = "nothing_to_undo"


class TooManySkips(VoteRefused):
    """This voter has passed over as many sources as one can in a day."""

    code = "too_many_skips"


class TooFast(ClaxsonError):
    """More sources were asked for than a person can look at."""

    code = "too_fast"
    permanent = False

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class InvalidQuestion(ClaxsonError):
    """This cannot be asked, or changes nothing."""

    code = "invalid_question"


class IllegalStep(ClaxsonError):
    """The source's state, or who asks, does not allow this."""

    code = "illegal_step"
