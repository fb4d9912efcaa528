"""The root of the site's errors: each carries the decision what to do about it."""


class ClaxsonError(Exception):
    """Something a person can act on; `permanent` says that trying again will not help."""

    code = "error"
    permanent = True

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
