"""`manage.py serve`: the site in one process."""

import argparse
import signal
import sys
import warnings
from types import FrameType
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
        # uvicorn stops gracefully, then raises the signal again: end by it in the ordinary way, so that what
        # runs at exit does run.
        signal.signal(signal.SIGTERM, leave)
        # Static files are small and kept by the browser: threading their iterator costs nothing that matters.
        warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
        uvicorn.run(
            "claxson.asgi:application",
            host=options["host"],
            port=options["port"],
            log_config=None,
            access_log=False,
            lifespan="off",
        )


def leave(signum: int, frame: FrameType | None) -> None:
    sys.exit(0)
