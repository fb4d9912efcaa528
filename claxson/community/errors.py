"""What can be wrong with what people write and keep."""

from claxson.core.errors import ClaxsonError


class Refused(ClaxsonError):
    """Nothing was stored."""

    code = "refused"


class NotTheirs(Refused):
    """It is somebody else's, or is not there."""

    code = "not_theirs"


class NotYet(Refused):
    """Comments on a source may sway whoever has not answered for it."""

    code = "not_yet"


class TooMany(Refused):
    """More in a short time, or more altogether, than a person needs."""

    code = "too_many"
    permanent = False
