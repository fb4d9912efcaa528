"""What can be wrong with a file that is to be imported."""

from claxson.core.errors import ClaxsonError


class UnusableFile(ClaxsonError):
    """The whole file cannot be used; nothing of it was stored."""

    code = "unusable_file"
