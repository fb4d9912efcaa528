"""Writes on comments. Whoever may not vote in peace any more reads none: the caller says who has answered."""

import datetime as dt

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now

from claxson.accounts.models import User
from claxson.community.errors import NotTheirs, TooMany
from claxson.community.models import Comment, Report
from claxson.community.moderation import COMMENTS_PER_HOUR, REPORTS_HIDE, REPORTS_PER_DAY, waits
from claxson.voting.oversight.audit import record_act

State = Comment.State
MODERATE = "community.moderate_comments"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@transaction.atomic
def write_comment(*, author: User, source_id: int, text: str, language: str) -> Comment:
    """A new comment; the same text on the same source again is the same comment."""
    _lock(author)
    mine = Comment.objects.filter(author=author)
    same = mine.filter(source_id=source_id, text=text).exclude(state=State.WITHDRAWN).first()
    if same is not None:
        return same
    if mine.filter(written_at__gt=Now() - HOUR).count() >= COMMENTS_PER_HOUR:
        raise TooMany("This is your tenth comment within an hour; nothing was stored.")
    return Comment.objects.create(
        author=author,
        source_id=source_id,
        text=text,
        language=language,
        state=_state_for(author),
        written_at=Now(),
    )


@transaction.atomic
def edit_comment(*, author: User, comment_id: int, text: str) -> Comment:
    """A new author's edited comment waits again; one that a moderator hid stays as it was."""
    comment = _own(author, comment_id, (State.SHOWN, State.WAITING))
    if comment.text != text:
        reported = comment.reports.filter(settled_at=None).exists()
        comment.text, comment.edited_at = text, Now()
        comment.state = State.WAITING if reported else _state_for(author)
        comment.save(update_fields=["text", "edited_at", "state"])
    return comment


@transaction.atomic
def withdraw_comment(*, author: User, comment_id: int) -> Comment:
    """The text is gone; twice is once."""
    comment = _own(author, comment_id, (State.SHOWN, State.WAITING, State.WITHDRAWN))
    comment.text, comment.state = "", State.WITHDRAWN
    comment.save(update_fields=["text", "state"])
    return comment


@transaction.atomic
def report_comment(*, reporter: User, comment_id: int, why: str) -> Comment:
    """One report a person; enough of them take the comment off the page until a moderator has looked."""
    comment = Comment.objects.select_for_update().filter(pk=comment_id, state=State.SHOWN).first()
    if comment is None or comment.author_id == reporter.pk:
        raise NotTheirs("There is no such comment that you could report.")
    if Report.objects.filter(reporter=reporter, at__gt=Now() - DAY).count() >= REPORTS_PER_DAY:
        raise TooMany("These are many reports for one day; please write to the operator.")
    report = {"why": why, "at": Now(), "settled_at": None}
    Report.objects.get_or_create(comment=comment, reporter=reporter, defaults=report)
    if comment.reports.filter(settled_at=None).count() >= REPORTS_HIDE:
        comment.state = State.WAITING
        comment.save(update_fields=["state"])
    return comment


@transaction.atomic
def show(*, moderator: User, comment_id: int) -> None:
    """It is all right; what was reported of it is settled."""
    comment = _looked_at(moderator, comment_id)
    if comment.state != State.SHOWN:
        record_act("show comment", f"comment {comment.pk}", actor=moderator)
    comment.state, comment.hidden_because = State.SHOWN, ""
    comment.save(update_fields=["state", "hidden_because"])


@transaction.atomic
def hide(*, moderator: User, comment_id: int, reason: str) -> None:
    """Its author and moderators alone see it, and why."""
    comment = _looked_at(moderator, comment_id)
    if comment.state != State.HIDDEN:
        record_act("hide comment", f"comment {comment.pk}", reason=reason, actor=moderator)
    comment.state, comment.hidden_because = State.HIDDEN, reason
    comment.save(update_fields=["state", "hidden_because"])


def may_moderate(user: User | None) -> bool:
    return user is not None and user.has_perm(MODERATE)


def _state_for(author: User) -> str:
    counts = Comment.objects.filter(author=author).aggregate(
        shown=Count("pk", filter=Q(state=State.SHOWN)), hidden=Count("pk", filter=Q(state=State.HIDDEN))
    )
    trusted = may_moderate(author) or not waits(counts["shown"], counts["hidden"])
    return State.SHOWN if trusted else State.WAITING


def _lock(author: User) -> None:
    """Two requests at once are not both the tenth."""
    User.objects.select_for_update(no_key=True).get(pk=author.pk)


def _own(author: User, comment_id: int, states: tuple[str, ...]) -> Comment:
    own = Comment.objects.select_for_update().filter(author=author, state__in=states)
    comment = own.filter(pk=comment_id).first()
    if comment is None:
        raise NotTheirs("There is no such comment of yours that could be changed.")
    return comment


def _looked_at(moderator: User, comment_id: int) -> Comment:
    if not may_moderate(moderator):
        raise NotTheirs("Only moderators decide on comments.")
    present = Comment.objects.select_for_update().exclude(state=State.WITHDRAWN)
    comment = present.filter(pk=comment_id).first()
    if comment is None:
        raise NotTheirs("There is no such comment any more.")
    comment.reports.filter(settled_at=None).update(settled_at=Now())
    return comment
