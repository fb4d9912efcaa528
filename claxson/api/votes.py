"""Asking for sources, voting on them, taking the last vote back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from claxson.accounts.visitors import marker, remember, signed_in, visitor
from claxson.api.shape import answers_json, read
from claxson.core.shortpath import short_path
from claxson.voting.errors import NothingToUndo
from claxson.voting.forms import LeaseForm, VoteForm
from claxson.voting.services.casting import cast_vote
from claxson.voting.services.leasing import HeldLease, hand_out
from claxson.voting.services.newcomers import voter_of_request
from claxson.voting.services.withdrawal import undo_last


@require_POST
def leases(request: HttpRequest) -> HttpResponse:
    """The sources this voter holds, topped up to as many as wanted; an empty list: nothing is left."""
    voters = []

    @answers_json
    def answer(request: HttpRequest) -> dict[str, Any]:
        asked = read(request, LeaseForm).cleaned_data
        voters.append(voter_of_request(request))
        held = hand_out(voter=voters[0], wanted=asked["wanted"] or 1, training=asked["training"])
        return {"leases": [as_json(lease) for lease in held], "voter": marker(voters[0])}

    response = answer(request)
    if voters and signed_in(request) is None:
        remember(response, voters[0])
    return response


# The lease is secret, signed, and good for one vote of one voter: no session and no second token are needed.
@short_path
@csrf_exempt
@require_POST
@answers_json
def vote(request: HttpRequest) -> dict[str, Any]:
    """One vote; sent again under the same key it answers 200 with the first.

    Whether it was counted is not told: that would tell hidden gold from sources without a known class.
    """
    cast = cast_vote(ballot=read(request, VoteForm).ballot())
    return {
        "vote": cast.vote_id,
        "replayed": cast.replayed,
        "late": cast.late,
        "reached_consensus": cast.reached_consensus,
        "gold_class": cast.gold_class or None,
        "promoted": cast.promoted,
    }


@require_POST
@answers_json
def undo(request: HttpRequest) -> dict[str, Any]:
    """Take back the last vote of the last 30 seconds; its source is handed out again."""
    user = signed_in(request)
    voter = getattr(user, "voter", None) if user else visitor(request)
    if voter is None:
        raise NothingToUndo("There is no answer of the last 30 seconds that could be taken back.")
    return {"lease": as_json(undo_last(voter=voter))}


def as_json(lease: HeldLease) -> dict[str, Any]:
    """Not how it was chosen: that would tell hidden gold."""
    return {
        "lease": lease.token,
        "source": lease.source_name,
        "expires_at": lease.expires_at.isoformat(),
        "expires_in_s": max(0, int((lease.expires_at - timezone.now()).total_seconds())),
    }
