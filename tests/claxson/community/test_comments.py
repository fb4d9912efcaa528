"""Comments and their moderation."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from claxson.accounts.models import User
from claxson.community import comments
from claxson.community.errors import NotTheirs, TooMany
from claxson.community.models import Comment, Report
from claxson.community.moderation import COMMENTS_PER_HOUR, REPORTS_HIDE, REPORTS_PER_DAY, waits
from claxson.community.reading import comments_on, hidden_comments, unseen_comments
from claxson.voting.models import AuditRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(db) -> User:
    User.objects.create_user("mona")
    call_command("moderator", "mona")
    return User.objects.get(username="mona")


@pytest.fixture
def write(user, make_source):
    source = make_source()

    def write(text: str = "A faint tail?", author: User = user) -> Comment:
        return comments.write_comment(author=author, source_id=source.pk, text=text, language="en")

    return write


@pytest.fixture
def shown(write, moderator) -> Comment:
    comment = write()
    comments.show(moderator=moderator, comment_id=comment.pk)
    return Comment.objects.get()


def texts(comment: Comment, reader: User | None) -> list[str]:
    return [one.text for one in comments_on(comment.source_id, reader)]


def people(n: int) -> list[User]:
    return [User.objects.create_user(f"person{i}") for i in range(n)]


def test_the_first_three_wait_and_each_hidden_one_makes_it_three_more() -> None:
    assert [waits(n, 0) for n in range(5)] == [True, True, True, False, False]
    assert [waits(n, 1) for n in (5, 6)] == [True, False]


def test_a_comment_that_waits_is_seen_by_its_author_alone(write, user) -> None:
    comment = write()
    assert (texts(comment, user), texts(comment, None)) == (["A faint tail?"], [])
    assert list(unseen_comments()) == [comment]


def test_after_three_that_were_shown_the_next_is_seen_at_once(write, moderator) -> None:
    for i in range(3):
        comments.show(moderator=moderator, comment_id=write(f"{i}").pk)
    assert write("fourth").state == "shown"


def test_the_same_text_again_is_the_same_comment(write) -> None:
    assert write() == write()


def test_nobody_writes_without_end_in_an_hour(write) -> None:
    for i in range(COMMENTS_PER_HOUR):
        write(str(i))
    with pytest.raises(TooMany):
        write("one more")
    Comment.objects.update(written_at=F("written_at") - dt.timedelta(hours=1))
    write("one more")


def test_an_edited_comment_of_a_newcomer_waits_again(shown, user) -> None:
    comments.edit_comment(author=user, comment_id=shown.pk, text="No, a ghost image")
    shown.refresh_from_db()
    assert (shown.state, shown.text) == ("waiting", "No, a ghost image")
    assert shown.edited_at is not None


def test_a_withdrawn_comment_leaves_no_text(shown, user) -> None:
    for _ in range(2):
        comments.withdraw_comment(author=user, comment_id=shown.pk)
    shown.refresh_from_db()
    assert (shown.state, shown.text) == ("withdrawn", "")
    assert texts(shown, user) == []


def test_somebody_elses_comment_is_neither_edited_nor_withdrawn(shown) -> None:
    (other,) = people(1)
    with pytest.raises(NotTheirs):
        comments.edit_comment(author=other, comment_id=shown.pk, text="x")
    with pytest.raises(NotTheirs):
        comments.withdraw_comment(author=other, comment_id=shown.pk)


def test_hiding_is_recorded_explained_and_reversible(shown, user, moderator) -> None:
    comments.hide(moderator=moderator, comment_id=shown.pk, reason="a telephone number")
    assert (texts(shown, user), texts(shown, None)) == (["A faint tail?"], [])
    assert hidden_comments()[0].hidden_because == "a telephone number"
    with pytest.raises(NotTheirs):
        comments.edit_comment(author=user, comment_id=shown.pk, text="again")
    comments.show(moderator=moderator, comment_id=shown.pk)
    assert texts(shown, None) == ["A faint tail?"]
    acts = AuditRecord.objects.filter(actor=moderator).order_by("pk").values_list("act", "reason")
    assert list(acts) == [("show comment", ""), ("hide comment", "a telephone number"), ("show comment", "")]


def test_only_moderators_decide(shown, user) -> None:
    with pytest.raises(NotTheirs):
        comments.hide(moderator=user, comment_id=shown.pk, reason="mine")


def test_a_report_reaches_the_moderators_and_is_settled_by_them(shown, moderator) -> None:
    (other,) = people(1)
    for _ in range(2):
        comments.report_comment(reporter=other, comment_id=shown.pk, why="rude")
    assert Report.objects.count() == 1
    assert [one.open_reports[0].why for one in unseen_comments()] == ["rude"]
    comments.show(moderator=moderator, comment_id=shown.pk)
    assert not unseen_comments()


def test_enough_reports_take_it_off_the_page_until_somebody_has_looked(shown, moderator) -> None:
    for person in people(REPORTS_HIDE):
        comments.report_comment(reporter=person, comment_id=shown.pk, why="spam")
    assert texts(shown, None) == []
    comments.show(moderator=moderator, comment_id=shown.pk)
    assert texts(shown, None) == ["A faint tail?"]


def test_nobody_reports_themselves_or_without_end(shown, user, write) -> None:
    with pytest.raises(NotTheirs):
        comments.report_comment(reporter=user, comment_id=shown.pk, why="other")
    (other,) = people(1)
    for i in range(REPORTS_PER_DAY + 1):
        Comment.objects.create(
            source=shown.source, author=user, text=f"{i}", state="shown", written_at=shown.written_at
        )
    for comment in Comment.objects.exclude(pk=shown.pk)[:REPORTS_PER_DAY]:
        comments.report_comment(reporter=other, comment_id=comment.pk, why="other")
    with pytest.raises(TooMany):
        comments.report_comment(reporter=other, comment_id=shown.pk, why="other")


def test_moderators_are_made_and_unmade_at_the_command_line(moderator) -> None:
    call_command("moderator", "mona")
    call_command("moderator", "mona", remove=True)
    assert not comments.may_moderate(User.objects.get(username="mona"))
    assert AuditRecord.objects.count() == 2
    with pytest.raises(CommandError):
        call_command("moderator", "nobody")
