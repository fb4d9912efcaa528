"""What people send from a source's page, checked before any service sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claxson.community.models import NAME_LENGTH, REASON_LENGTH, TEXT_LENGTH, Report
from claxson.voting.forms import CommentField


class CommentForm(forms.Form):
    """Plain text, never blank."""

    text = CommentField(max_length=TEXT_LENGTH, error_messages={"required": _("Write something first.")})

    @property
    def length(self) -> int:
        return TEXT_LENGTH


class ReportForm(forms.Form):
    why = forms.ChoiceField(choices=Report.Why.choices)


class DecisionForm(forms.Form):
    """A moderator's; to hide something needs a reason."""

    decision = forms.ChoiceField(choices=[("show", "show"), ("hide", "hide")])
    reason = forms.CharField(max_length=REASON_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "hide" and not cleaned.get("reason"):
            self.add_error("reason", _("Say why."))
        return cleaned


class KeepForm(forms.Form):
    """`collection` 0 is the favourites; `new` is the name of one that is to be made."""

    collection = forms.IntegerField(required=False, min_value=0)
    new = forms.CharField(required=False, max_length=NAME_LENGTH)
    kept = forms.BooleanField(required=False)


class NameForm(forms.Form):
    name = forms.CharField(max_length=NAME_LENGTH)
