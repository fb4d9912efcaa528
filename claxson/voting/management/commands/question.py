"""`manage.py question`: the question in force, and how to change it."""

import argparse
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claxson.voting.errors import InvalidQuestion
from claxson.voting.oversight.questions import enact
from claxson.voting.rules.question import FIRST, Question
from claxson.voting.services.desk import question_in_force

FIXED = {"version", "counts_since"}
SWITCH = {"on": True, "off": False}


class Command(BaseCommand):
    help = (
        "Show the question in force and the rules by which answers count; with --set put the next version in "
        "force. Other answers start the vote on open sources again: votes are kept and no longer counted."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"one of {', '.join(sorted(set(asdict(FIRST)) - FIXED))}; several times for several",
        )
        parser.add_argument("--reason", help="why; it is kept on record")

    def handle(self, *args: Any, **options: Any) -> None:
        question = question_in_force()
        if options["set"]:
            question = self._enact(question, options)
        for name, value in asdict(question).items():
            self.stdout.write(f"{name} = {_written(value)}")

    def _enact(self, question: Question, options: dict[str, Any]) -> Question:
        if not options["reason"]:
            raise CommandError("--set needs --reason: it is kept on record", returncode=2)
        wanted = replace(question, **dict(parse(setting) for setting in options["set"]))
        try:
            return enact(question=wanted, reason=options["reason"])
        except InvalidQuestion as error:
            raise CommandError(error.message) from error


def parse(setting: str) -> tuple[str, Any]:
    """`adaptive=on` -> ("adaptive", True), by the kind of value that stands there now."""
    name, _, text = setting.partition("=")
    if name not in asdict(FIRST) or name in FIXED:
        raise CommandError(f"there is nothing called “{name}” to set", returncode=2)
    kind = type(getattr(FIRST, name))
    try:
        return name, _read(kind, text)
    except (KeyError, ValueError) as error:
        raise CommandError(f"{name}: “{text}” cannot be read", returncode=2) from error


def _read(kind: type, text: str) -> Any:
    if kind is bool:
        return SWITCH[text.strip().lower()]
    if kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return kind(text)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else str(value)
