"""The form of a vote, and how a refusal is told to the person."""

import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.core.classes import Answer
from claxson.voting.errors import AlreadyVoted, KeyReused, UnknownSource, VoteRefused
from claxson.voting.models import Vote
from claxson.voting.services import Ballot

COMMENT_LENGTH = Vote._meta.get_field("comment").max_length

REFUSALS: dict[str, tuple[HTTPStatus, Promise]] = {
    UnknownSource.code: (
        HTTPStatus.NOT_FOUND,
        _("Volunteers are not asked about this source. Nothing was stored."),
    ),
    AlreadyVoted.code: (
        HTTPStatus.CONFLICT,
        _("You have answered for this source before. Your first answer stands; nothing new was stored."),
    ),
    KeyReused.code: (
        HTTPStatus.CONFLICT,
        _("This form was sent before with another answer. Nothing new was stored: please send it again."),
    ),
}


class CommentField(forms.CharField):
    """Counts a line break as one character, as the browser's own limit does."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class VoteForm(forms.Form):
    """`key` is made with the page: the same page sent again is the same vote."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        choices=Answer.choices,
        error_messages={"required": _("Choose an answer, even if it is “I don't know”.")},
    )
    nothing_seen = forms.BooleanField(required=False)
    comment = CommentField(required=False, max_length=COMMENT_LENGTH)

    @property
    def key_to_send(self) -> str:
        """The key for the page this form is shown on; one that was lost on the way is made anew."""
        lost = not self.is_bound or "key" in self.errors
        return str(uuid.uuid4() if lost else self["key"].value())

    def ballot(self, source_id: int) -> Ballot:
        return Ballot(source_id=source_id, **self.cleaned_data)


def refusal(error: VoteRefused) -> tuple[HTTPStatus, Promise | str]:
    """The status and the sentence for a refused vote."""
    return REFUSALS.get(error.code, (HTTPStatus.CONFLICT, error.message))


def renewed(form: VoteForm) -> VoteForm:
    """The same answers under a new key, for a page that must be sent again."""
    return VoteForm(data={name: form.data.get(name) for name in form.fields} | {"key": str(uuid.uuid4())})
