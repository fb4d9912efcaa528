import csv
import io
import json
import zipfile
from typing import Any

import pytest

from claxson.voting.models import GoldSource, QueueEntry
from claxson.voting.privacy.columns import COLUMNS
from claxson.voting.privacy.export import export_person
from claxson.voting.services.leasing import hand_out

pytestmark = pytest.mark.django_db


def files(user) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(export_person(user=user))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def votes(user) -> list[dict[str, Any]]:
    return json.loads(files(user)["votes.json"])


def test_it_holds_account_votes_and_their_meaning(user, voter, source, vote_on) -> None:
    vote_on(source, voter, "star", comment="bright", dwell_ms=1200)
    found = files(user)
    assert set(found) == {"README.txt", "account.json", "votes.json", "votes.csv"}
    account = json.loads(found["account.json"])
    assert (account["username"], account["n_votes"], account["level"]) == ("ada", 1, 1)
    [vote] = json.loads(found["votes.json"])
    assert (vote["source"], vote["answer"], vote["comment"], vote["dwell_ms"]) == (
        source.name,
        "star",
        "bright",
        1200,
    )
    assert all(f"{name}: " in found["README.txt"] for name in COLUMNS)


def test_the_table_says_the_same_as_the_json(user, voter, source, vote_on) -> None:
    vote_on(source, voter, comment="a, “b”\nc")
    [row], [vote] = csv.DictReader(io.StringIO(files(user)["votes.csv"])), votes(user)
    written = {name: "" if value is None else str(value) for name, value in vote.items()}
    assert row == written | {"cast_at": row["cast_at"]}
    assert row["cast_at"].startswith(vote["cast_at"][:19])


def test_no_secret_and_nobody_else_is_in_it(user, voter, source, vote_on, people) -> None:
    vote_on(source, people[0], comment="somebody else")
    hand_out(voter=voter, only=[source.pk])
    text = "".join(files(user).values())
    assert user.password not in text
    assert "somebody else" not in text
    assert json.loads(files(user)["account.json"])["handed_out"][0]["source__name"] == source.name


def test_hidden_gold_cannot_be_told_from_other_sources(user, voter, make_source, vote_on) -> None:
    sources = [make_source(name) for name in ("told", "hidden", "open")]
    for one in sources:
        vote_on(one, voter)
    voter.votes.exclude(source__name="open").update(gold_class="agn", counted=False)
    GoldSource.objects.create(source=sources[0], gold_class="agn", hidden=False)
    GoldSource.objects.create(source=sources[1], gold_class="agn", hidden=True)
    QueueEntry.objects.exclude(source__name="open").delete()
    told, hidden, ordinary = votes(user)
    differs = {name for name in COLUMNS if hidden[name] != ordinary[name]}
    assert told["known_class"] == "agn"
    assert differs == {"key", "source", "cast_at"}


def test_a_comment_is_no_formula(user, voter, source, vote_on) -> None:
    vote_on(source, voter, comment="=1+1")
    [row] = csv.DictReader(io.StringIO(files(user)["votes.csv"]))
    assert (row["comment"], votes(user)[0]["comment"]) == ("'=1+1", "=1+1")


def test_somebody_who_never_voted_gets_their_account(user) -> None:
    assert json.loads(files(user)["account.json"])["username"] == "ada"
    assert votes(user) == []
