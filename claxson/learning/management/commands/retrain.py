"""`manage.py retrain`: learn from all labels there are."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claxson.core.errors import ClaxsonError
from claxson.core.jobs import announce
from claxson.learning.services import retrain


class Command(BaseCommand):
    help = (
        "Fit a candidate on all labels, judge it, promote it if it is not worse, predict every source again."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--queue", action="store_true", help="let the worker do it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["queue"]:
            queued = announce("retrain")
            self.stdout.write("queued for the worker" if queued else "already queued")
            return
        try:
            outcome = retrain(trigger="by hand")
        except ClaxsonError as error:
            raise CommandError(error.message) from error
        verdict = "promoted" if outcome.promoted else "refused"
        self.stdout.write(
            f"{outcome.version.n_literature} literature and {outcome.version.n_crowd} crowd labels: "
            f"{verdict} ({outcome.reason}); {outcome.n_predicted} sources predicted"
        )
