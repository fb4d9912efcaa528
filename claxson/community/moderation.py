"""When a comment waits for a moderator, and how many there may be; no database."""

APPROVED_FIRST = 3  # comments of a new author that a moderator must have seen
REPORTS_HIDE = 3  # open reports that take a comment off the page until a moderator has looked
COMMENTS_PER_HOUR = 10
REPORTS_PER_DAY = 20


def waits(n_shown: int, n_hidden: int) -> bool:
    """Whether the next comment of this author does: the first three, and three more for each one hidden."""
    return n_shown < APPROVED_FIRST * (1 + n_hidden)
