"""`manage.py recount`: are the counters what the rows say?"""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from claxson.voting.oversight.recount import compare
from claxson.voting.oversight.repair import repair


class Command(BaseCommand):
    help = (
        "Compare every counter of votes, leases, voters and days with the rows it counts, and print each "
        "difference. Exit code 1 where there is one. Votes may go on meanwhile."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="mend what differs, on record, and compare again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        differences = compare()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences and options["repair"]:
            repair(differences)
            self.stdout.write(f"{len(differences)} mended")
            differences = compare()
        self.stdout.write(
            f"{len(differences)} differences" if differences else "all counters equal their rows"
        )
        if differences:
            sys.exit(1)
