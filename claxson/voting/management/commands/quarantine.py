"""`manage.py quarantine`: a voter's votes stop counting, or count again."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claxson.accounts.selectors import find_voter
from claxson.voting.oversight.quarantine import quarantine, release


class Command(BaseCommand):
    help = (
        "Stop a voter's votes from counting; with --release let them count again where there is still room. "
        "Nothing is deleted, sources are counted anew. Safe to run twice, and again after it was killed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("voter", help="the voter's key, or the account's name")
        parser.add_argument("--reason", required=True, help="why; it is kept on record")
        parser.add_argument("--release", action="store_true", help="end the quarantine")

    def handle(self, *args: Any, **options: Any) -> None:
        voter = find_voter(options["voter"])
        if voter is None:
            raise CommandError(f"there is no voter “{options['voter']}”", returncode=2)
        act = release if options["release"] else quarantine
        moved = act(voter=voter, reason=options["reason"])
        word = "put back" if options["release"] else "taken out"
        before = "" if moved.marked else " (it was done before)"
        self.stdout.write(
            f"{moved.n_votes} {_plural(moved.n_votes, 'vote')} on "
            f"{moved.n_sources} {_plural(moved.n_sources, 'source')} {word}{before}"
        )


def _plural(n: int, noun: str) -> str:
    return noun if n == 1 else f"{noun}s"
