"""What people wrote and keep is in their export, and goes with their account."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.utils import timezone

from claxson.accounts.models import User, Voter
from claxson.community import collections, comments
from claxson.community.models import Collection, Comment, Kept, Report
from claxson.community.privacy import FILE, MEANING, export_everything
from claxson.voting.models import Notice
from claxson.voting.privacy.erasure import erase_person
from claxson.voting.services.preferences import prefer
from claxson.voting.telling.notices import tell_news

pytestmark = pytest.mark.django_db

# Every row that names a person, and what becomes of it: exported and erased, or why it is not a person's own.
EXPORTED = {"ActiveDay", "Collection", "Comment", "Lease", "Notice", "ProblemReport", "Report", "SeenNetwork"}
EXPORTED |= {"Skip", "Vote", "Voter", "VoterRecord"}
OF_OFFICE = {"AuditRecord", "ConsensusEvent", "QuestionVersion"}  # acts on others, kept without the name
# allauth's table stays empty; what detectors think, and which visitor became who, is the site's own.
OF_THE_SITE = {"EmailAddress", "Suspicion", "Adoption"}


@pytest.fixture
def busy(user, voter, make_source, vote_on, crowd_votes) -> User:
    """Somebody with one of everything."""
    source = make_source()
    vote_on(source, voter)
    crowd_votes(source, 19)
    tell_news()
    prefer(voter, daily_goal=10, time_zone="UTC", named=True)
    comments.write_comment(author=user, source_id=source.pk, text="A ring", language="en")
    collections.keep(owner=user, source_id=source.pk)
    theirs = Comment.objects.create(
        source=source,
        author=User.objects.create(username="vera"),
        text="!",
        state="shown",
        written_at=timezone.now(),
    )
    comments.report_comment(reporter=user, comment_id=theirs.pk, why="rude")
    return user


def exported(user: User) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(export_everything(user=user))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_every_row_that_names_a_person_is_accounted_for() -> None:
    naming = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.fields
        if field.is_relation and field.related_model in (User, Voter)
    }
    assert naming == EXPORTED | OF_OFFICE | OF_THE_SITE | {"LogEntry"} & naming


def test_everything_written_and_kept_is_exported(busy) -> None:
    files = exported(busy)
    found = json.loads(files[FILE])
    assert [one["text"] for one in found["comments"]] == ["A ring"]
    assert [one["why"] for one in found["reports"]] == ["rude"]
    assert len(found["collections"][0]["sources"]) == 1
    assert f"{FILE}: {MEANING}" in files["README.txt"]
    account = json.loads(files["account.json"])
    assert (account["daily_goal"], account["named"]) == (10, True)
    assert [one["event__after"] for one in account["notices"]] == ["consensus"]


def test_nothing_of_it_outlives_the_account(busy) -> None:
    erase_person(user=busy)
    assert [one.author.username for one in Comment.objects.all()] == ["vera"]
    assert not any(model.objects.exists() for model in (Report, Collection, Kept, Notice))
