"""`manage.py serve`: the site in one process."""

import argparse
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand

from claxson.core.lifeline import end_with_parent


class Command(BaseCommand):
    help = "Serve the site by uvicorn."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--lifeline", action="store_true", help="end when standard input closes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lifeline"]:
            end_with_parent()
        uvicorn.run(
            "claxson.asgi:application",
            host=options["host"],
            port=options["port"],
            log_config=None,
            access_log=False,
            lifespan="off",
        )
