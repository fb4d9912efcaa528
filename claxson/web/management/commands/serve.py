"""`manage.py serve`: the site, in a few processes."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from claxson.core.lifeline import end_with_parent
from claxson.core.server import Address, PortTaken, serve


class Command(BaseCommand):
    help = "Serve the site."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--workers", type=int, default=settings.WEB_WORKERS, help="processes; default: WEB_WORKERS"
        )
        parser.add_argument(
            "--threads", type=int, default=settings.WEB_THREADS, help="of each; default: WEB_THREADS"
        )
        parser.add_argument("--lifeline", action="store_true", help="end when standard input closes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lifeline"]:
            end_with_parent()
        address = Address(options["host"], options["port"])
        try:
            serve(address, workers=options["workers"], threads=options["threads"])
        except PortTaken as error:
            raise CommandError(error.message) from error
