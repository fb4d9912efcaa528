"""Where a volunteer stands: the bar above the source."""

from typing import Any

from django.http import HttpRequest

from claxson.accounts.models import Voter
from claxson.community.selectors import standing_of
from claxson.tutorial.selectors import progress_of

TRAINING = "training"


def standing(request: HttpRequest, voter: Voter) -> dict[str, Any]:
    """Numbers, level, daily goal, and whether the training switch is on."""
    return {
        "standing": standing_of(voter),
        "progress": progress_of(voter),
        "training": bool(request.session.get(TRAINING)),
    }
