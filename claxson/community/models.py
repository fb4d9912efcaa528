"""What people write about sources, and which ones they keep."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claxson.catalogue.models import Source

TEXT_LENGTH = 1000
REASON_LENGTH = 200
NAME_LENGTH = 80


class Comment(models.Model):
    """Plain text below a source. Erased with its author's account."""

    class State(models.TextChoices):
        WAITING = "waiting", "nobody but its author and moderators sees it yet"
        SHOWN = "shown"
        HIDDEN = "hidden", "by a moderator, who may show it again"
        WITHDRAWN = "withdrawn", "by its author; its text is gone"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comments")
    text = models.CharField(max_length=TEXT_LENGTH)
    language = models.CharField(max_length=8, help_text="of the page it was written on")
    state = models.CharField(max_length=9, choices=State)
    hidden_because = models.CharField(max_length=REASON_LENGTH, blank=True)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("moderate_comments", "Can hide comments and show them")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="withdrawn", text="") | (~Q(state="withdrawn") & ~Q(text="")),
                name="only_a_withdrawn_comment_is_empty",
            )
        ]
        indexes = [
            models.Index(fields=["author", "-written_at"], name="comments_of_author"),
            models.Index(fields=["written_at"], condition=Q(state="waiting"), name="comments_that_wait"),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.source_id}: {self.state}"


class Report(models.Model):
    """Somebody says that a comment should not be here; open until a moderator has looked."""

    class Why(models.TextChoices):
        RUDE = "rude", _("It is rude or hurts somebody")
        PRIVATE = "private", _("It tells something private about a person")
        SPAM = "spam", _("It is advertising")
        OTHER = "other", _("Something else is wrong with it")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    why = models.CharField(max_length=7, choices=Why)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "reporter"], name="one_report_per_comment_and_person")
        ]
        indexes = [models.Index(fields=["comment"], condition=Q(settled_at=None), name="open_reports")]

    def __str__(self) -> str:
        return f"comment {self.comment_id}: {self.why}"


class Collection(models.Model):
    """Sources that somebody keeps: under a name, or without one their favourites. Private, unless shared."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections")
    name = models.CharField(max_length=NAME_LENGTH, blank=True, help_text="empty: the favourites")
    link = models.UUIDField(null=True, unique=True, help_text="whoever knows it may look; null: private")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_collection_per_owner_and_name")
        ]

    def __str__(self) -> str:
        return f"collection {self.pk}"

    @property
    def is_favourites(self) -> bool:
        return not self.name

    @staticmethod
    def new_link() -> uuid.UUID:
        return uuid.uuid4()


class Kept(models.Model):
    """One source of a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="kept")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="kept")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "source"], name="a_source_is_kept_once")]
        indexes = [models.Index(fields=["collection", "-at"], name="newest_kept")]

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.source_id}"
