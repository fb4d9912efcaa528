"""Comments: written, changed and withdrawn by their authors, reported by others; plain forms throughout."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claxson.accounts.models import User
from claxson.catalogue.selectors import shown_source
from claxson.community.comments import edit_comment, report_comment, withdraw_comment, write_comment
from claxson.community.errors import NotTheirs, NotYet, Refused, TooMany
from claxson.community.models import Comment
from claxson.web.methods import sent_from
from claxson.web.source import is_told, source_page, unknown_source
from claxson.web.sources.forms import CommentForm, ReportForm
from claxson.web.visitors import for_people

REFUSALS: dict[str, Promise] = {
    TooMany.code: _("That is a lot in a short time. Nothing was stored: please try again later."),
    NotYet.code: _("Comments on a source are for those who have answered for it. Nothing was stored."),
    NotTheirs.code: _("This comment is not there any more, or is not yours. Nothing was changed."),
}
THANKS: dict[str, Promise] = {
    Comment.State.SHOWN: _("Your comment is on the page. Thank you!"),
    Comment.State.WAITING: _("Your comment is stored; a moderator reads it before others do. Thank you!"),
    Comment.State.HIDDEN: _("A moderator has hidden this comment."),
}


@sent_from("source")
@for_people
def write(request: HttpRequest, user: User, name: str) -> HttpResponse:
    found = shown_source(name)
    if found is None:
        return unknown_source(request, name)
    form = CommentForm(request.POST)
    try:
        if not is_told(request, found.id):
            raise NotYet(str(REFUSALS[NotYet.code]))
        if not form.is_valid():
            return source_page(request, found, form, HTTPStatus.BAD_REQUEST)
        text, language = form.cleaned_data["text"], get_language() or ""
        comment = write_comment(author=user, source_id=found.id, text=text, language=language)
    except Refused as error:
        messages.error(request, str(REFUSALS[error.code]))
        return source_page(request, found, form, HTTPStatus.CONFLICT)
    messages.success(request, str(THANKS[comment.state]))
    return _to(comment)


def _page_of(pk: int) -> str:
    """The comment on its source's page, if it is there still."""
    comment = Comment.objects.select_related("source").filter(pk=pk).first()
    return _address(comment) if comment else reverse("home")


def _on_a_comment(act: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal is told on the page of the comment's source, if it is there still."""

    @sent_from(_page_of)
    @for_people
    @wraps(act)
    def view(request: HttpRequest, user: User, pk: int) -> HttpResponse:
        try:
            return act(request, user, pk)
        except Refused as error:
            messages.error(request, str(REFUSALS[error.code]))
            return redirect(_page_of(pk))

    return view


@_on_a_comment
def edit(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["text"][0]))
        return _to(_own(user, pk))
    comment = edit_comment(author=user, comment_id=pk, text=form.cleaned_data["text"])
    messages.success(request, str(THANKS[comment.state]))
    return _to(comment)


@_on_a_comment
def withdraw(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    comment = withdraw_comment(author=user, comment_id=pk)
    messages.success(request, str(_("Your comment is withdrawn.")))
    return redirect(f"{reverse('source', args=[comment.source.name])}#comments")


@_on_a_comment
def report(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    form = ReportForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else "other"
    comment = report_comment(reporter=user, comment_id=pk, why=why)
    messages.success(request, str(_("Thank you: a moderator will look at it.")))
    return _to(comment)


def _own(user: User, pk: int) -> Comment:
    comment = Comment.objects.select_related("source").filter(pk=pk, author=user).first()
    if comment is None:
        raise NotTheirs("There is no such comment of yours.")
    return comment


def _to(comment: Comment) -> HttpResponse:
    return redirect(_address(comment))


def _address(comment: Comment) -> str:
    return f"{reverse('source', args=[comment.source.name])}#comment-{comment.pk}"
