"""What this app adds to the export of a person. Erasing the account erases it all: rows go with the user."""

from typing import Any

from django.utils.translation import gettext_noop as _

from claxson.accounts.models import User
from claxson.community.comments import may_moderate
from claxson.community.models import Collection, Comment, Kept, Report
from claxson.voting.privacy.export import Beside, export_person

FILE = "community.json"
MEANING = _("your comments and reports, your favourites and collections")


def export_everything(*, user: User) -> bytes:
    """The ZIP that `voting.privacy` makes, with what somebody wrote and kept."""
    return export_person(user=user, beside={FILE: Beside(MEANING, _written_and_kept(user))})


def _written_and_kept(user: User) -> dict[str, Any]:
    comments = Comment.objects.filter(author=user).order_by("pk")
    reports = Report.objects.filter(reporter=user).order_by("pk")
    return {
        "moderates_comments": may_moderate(user),
        "comments": list(
            comments.values(
                "source__name", "text", "language", "state", "hidden_because", "written_at", "edited_at"
            )
        ),
        "reports": list(reports.values("comment__source__name", "why", "at", "settled_at")),
        "collections": [_collection(one) for one in Collection.objects.filter(owner=user).order_by("pk")],
    }


def _collection(collection: Collection) -> dict[str, Any]:
    kept = Kept.objects.filter(collection=collection).order_by("at").values("source__name", "at")
    return {
        "name": collection.name,
        "favourites": collection.is_favourites,
        "link": collection.link,
        "made_at": collection.made_at,
        "sources": list(kept),
    }
