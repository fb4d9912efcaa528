"""`manage.py demo`: set everything up, run the loop once, serve."""

import argparse
import os
import socket
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claxson.core.errors import ClaxsonError
from claxson.core.supervisor import Child, manage, supervise
from claxson.web.demo import ACCOUNTS, PASSWORD, prepare

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Set up a demo and serve it: on simulated observations, or on real ones with --observations."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--observations", type=Path, nargs="+", default=[], help="folders of real XMM files"
        )
        parser.add_argument("--labels", type=Path, nargs="+", default=[], help="labelled tables (CSV)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="set up, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_serve"]:
            check_port_is_free(options["port"])
        try:
            self.prepare(options)
            if not options["no_serve"]:
                check_port_is_free(options["port"])  # the set-up may have taken minutes
                self.serve(options["port"])
        except ClaxsonError as error:
            raise CommandError(error.message) from error
        except KeyboardInterrupt as error:
            raise CommandError(
                "stopped; what was done is kept, the next start goes on", returncode=130
            ) from error

    def prepare(self, options: dict[str, Any]) -> None:
        started = time.monotonic()
        prepare(observation_folders(options["observations"]), options["labels"], self.say)
        self.say(f"Ready after {time.monotonic() - started:.0f} s")

    def say(self, text: str) -> None:
        self.stdout.write(f"== {text}")
        self.stdout.flush()

    def serve(self, port: int) -> None:
        self.stdout.write(welcome(port))
        self.stdout.flush()
        children = [
            Child(
                "the server", manage("serve", "--host", HOST, "--port", str(port), "--lifeline"), os.environ
            ),
            Child("the worker", manage("worker", "--lifeline"), os.environ),
        ]
        code = supervise(children)
        self.say("Stopped")
        if code:
            raise CommandError("a process kept failing; its messages stand above")


def observation_folders(given: list[Path]) -> list[Path]:
    """Each folder that holds files; a folder of folders stands for its folders."""
    folders: list[Path] = []
    for path in given:
        if not path.is_dir():
            raise CommandError(f"--observations: {path} is not a folder", returncode=2)
        inner = sorted(child for child in path.iterdir() if child.is_dir())
        has_files = any(child.is_file() for child in path.iterdir())
        folders.extend([path] if has_files else inner)
    return folders


def check_port_is_free(port: int) -> None:
    """Told before the long set-up, not after it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"port {port} on {HOST} is taken ({error.strerror}); choose another:"
                f" make demo PORT={port + 1}",
                returncode=2,
            ) from error


def welcome(port: int) -> str:
    accounts = "\n".join(f"    {name:<12} password {PASSWORD}" for name in ACCOUNTS)
    return f"""
  CLAXSON is served at  http://{HOST}:{port}/
    classify            http://{HOST}:{port}/en/classify/
    leaderboard         http://{HOST}:{port}/en/leaderboard/

  Accounts of this demo:
{accounts}

  Ctrl-C stops everything.
"""
