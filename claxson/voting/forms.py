"""What a client sends, checked before any service sees it: pages and the API take the same."""

import uuid
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from claxson.core.classes import Answer
from claxson.voting.models import ProblemReport, Vote
from claxson.voting.rules.pace import MOST_HELD
from claxson.voting.services.casting import Ballot

COMMENT_LENGTH = Vote._meta.get_field("comment").max_length
TEXT_LENGTH = ProblemReport._meta.get_field("text").max_length
HOUR_MS = 3_600_000


class CommentField(forms.CharField):
    """Counts a line break as one character, as the browser's own limit does."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class SharedFields(dict[str, forms.Field]):
    """Fields that no form changes: copying them for each form costs more than checking what was sent."""

    def __deepcopy__(self, memo: Any) -> Self:
        return self


class VoteForm(forms.Form):
    """`key` is made with the page: the same page sent again is the same vote."""

    lease = forms.CharField(widget=forms.HiddenInput, max_length=200)
    key = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        choices=Answer.choices,
        error_messages={"required": _("Choose an answer, even if it is “I don't know”.")},
    )
    nothing_seen = forms.BooleanField(required=False)
    comment = CommentField(required=False, max_length=COMMENT_LENGTH)
    dwell_ms = forms.IntegerField(required=False, min_value=0, max_value=HOUR_MS)

    @property
    def key_to_send(self) -> str:
        """The key for the page this form is shown on; one that was lost on the way is made anew."""
        lost = not self.is_bound or "key" in self.errors
        return str(uuid.uuid4() if lost else self["key"].value())

    @property
    def incomplete(self) -> bool:
        """What the page itself should have sent is missing."""
        return bool({"key", "lease", "dwell_ms"} & set(self.errors))

    def ballot(self) -> Ballot:
        return Ballot(**self.cleaned_data)

    def renewed(self) -> "VoteForm":
        """The same answers under a new key, for a page that must be sent again."""
        return VoteForm(data={name: self.data.get(name) for name in self.fields} | {"key": str(uuid.uuid4())})


VoteForm.base_fields = SharedFields(VoteForm.base_fields)


class LeaseForm(forms.Form):
    """How many sources a client wants to hold."""

    wanted = forms.IntegerField(required=False, min_value=1, max_value=MOST_HELD)
    training = forms.BooleanField(required=False)


class SkipForm(forms.Form):
    """Nothing at all, or `report` with what is wrong."""

    report = forms.BooleanField(required=False)
    reason = forms.ChoiceField(choices=ProblemReport.Reason.choices, required=False)
    text = CommentField(required=False, max_length=TEXT_LENGTH)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("report") and not self.cleaned_data.get("reason"):
            self.add_error("reason", "required")
        return self.cleaned_data
