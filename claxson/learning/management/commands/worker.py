"""`manage.py worker`: runs the jobs that votes and people ask for."""

import argparse
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from claxson.core.lifeline import end_with_parent


class Command(BaseCommand):
    help = "Run jobs (retraining, recovery of jobs whose worker died) until stopped."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is waiting, then end")
        parser.add_argument("--lifeline", action="store_true", help="end when standard input closes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lifeline"]:
            end_with_parent()
        call_command("procrastinate", "worker", wait=not options["once"], concurrency=1)
