"""Everything that is kept of a person, as one ZIP made at once."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from claxson.accounts.models import User, Voter
from claxson.voting.models import (
    ActiveDay,
    GoldSource,
    Lease,
    Notice,
    ProblemReport,
    SeenNetwork,
    Skip,
    Vote,
    VoterRecord,
)
from claxson.voting.privacy.columns import COLUMNS, FILES, LEFT_OUT

RECORD = (
    "n_votes",
    "n_gold",
    "n_right",
    "level",
    "trained_at",
    "quarantined_at",
    "time_zone",
    "daily_goal",
    "named",
)
# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Beside:
    """One more file: what a higher app keeps of the same person."""

    meaning: str
    data: Any


def export_person(*, user: User, beside: Mapping[str, Beside] | None = None) -> bytes:
    """`account.json`, the votes as CSV and as JSON, what the columns mean, and the files `beside` them."""
    return _packed(_account(user), Voter.objects.filter(user=user).first(), beside or {})


def export_visitor(*, voter: Voter) -> bytes:
    """The same of a visitor without an account; there is no name to tell."""
    return _packed({"joined": voter.created_at}, voter, {})


def _packed(account: dict[str, Any], voter: Voter | None, more: Mapping[str, Beside]) -> bytes:
    votes = _votes(voter) if voter else []
    files = {
        "README.txt": _readme(FILES | {name: one.meaning for name, one in more.items()}),
        "account.json": _json(account | (_work_of(voter) if voter else {})),
        "votes.json": _json(votes),
        "votes.csv": _csv(votes),
        **{name: _json(one.data) for name, one in more.items()},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _account(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "role": user.role,
        "joined": user.date_joined,
        "last_login": user.last_login,
    }


def _work_of(voter: Voter) -> dict[str, Any]:
    record = VoterRecord.objects.filter(voter=voter).first() or VoterRecord(voter=voter)
    days = ActiveDay.objects.filter(voter=voter).order_by("day").values("day", "n_votes")
    leases = Lease.objects.filter(voter=voter).order_by("issued_at")
    handed_out = leases.values("source__name", "issued_at", "expires_at")
    notices = Notice.objects.filter(voter=voter).order_by("at")
    told = notices.values("source__name", "event__after", "event__answer", "agreed", "first", "at", "read_at")
    networks = SeenNetwork.objects.filter(voter=voter).order_by("day", "network").values("network", "day")
    work = {name: getattr(record, name) for name in RECORD}
    lists = {"active_days": days, "handed_out": handed_out, "notices": told, "networks": networks}
    return work | {name: list(rows) for name, rows in lists.items()} | _passed_over(voter)


def _passed_over(voter: Voter) -> dict[str, Any]:
    skips = Skip.objects.filter(voter=voter).order_by("skipped_at")
    reports = ProblemReport.objects.filter(voter=voter).order_by("reported_at")
    return {
        "skipped": list(skips.values("source__name", "skipped_at")),
        "reported": list(reports.values("source__name", "reason", "text", "reported_at")),
    }


def _votes(voter: Voter) -> list[dict[str, Any]]:
    told = set(GoldSource.objects.filter(hidden=False).values_list("pk", flat=True))
    return [
        _vote(vote, told) for vote in Vote.objects.filter(voter=voter).select_related("source").order_by("id")
    ]


def _vote(vote: Vote, told: set[int]) -> dict[str, Any]:
    """A hidden source of known class looks like any other here too."""
    values: dict[str, Any] = {
        "source": vote.source.name,
        "known_class": vote.gold_class if vote.source_id in told else "",
    }
    return {name: values.get(name, getattr(vote, name, None)) for name in COLUMNS}


def _readme(files: Mapping[str, str]) -> str:
    lines = [gettext("What CLAXSON keeps about you"), ""]
    lines += [f"{name}: {gettext(meaning)}" for name, meaning in files.items()]
    lines += ["", gettext("Columns of the votes:"), ""]
    lines += [f"{name}: {gettext(meaning)}" for name, meaning in COLUMNS.items()]
    return "\n".join([*lines, "", gettext(LEFT_OUT), ""])


def _json(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, indent=1)


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
