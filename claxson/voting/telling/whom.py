"""When what is known of a source may be told without leading anybody's vote; no database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """Whether volunteers are asked about a source, and whether this one can no longer change their answer.

    `is_open`: it waits for votes. `is_gold`: it teaches or measures. `is_hidden`: it measures, and its class
    is told to nobody who might be asked.
    """

    is_open: bool = False
    is_gold: bool = False
    is_hidden: bool = False
    has_answered: bool = False


def may_be_told(asked: Asked) -> bool:
    """What the classifier, the literature and other people say."""
    if asked.is_hidden:
        return False
    return asked.has_answered or not (asked.is_open or asked.is_gold)
