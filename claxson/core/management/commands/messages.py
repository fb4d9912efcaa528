"""Translations: extract, check and compile, without GNU gettext."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from claxson.core import messages


class Command(BaseCommand):
    help = "Translations: `update` the .po files from the sources, `check` them, `compile` them for Django."
    requires_system_checks: list[str] = []  # must run before anything else is set up

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["update", "check", "compile"])

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")()

    def _update(self) -> None:
        for language, lacking in messages.update(settings.BASE_DIR).items():
            self.stdout.write(f"{language}: {lacking} to translate")

    def _check(self) -> None:
        complaints = messages.check(settings.BASE_DIR)
        if complaints:
            lines = "\n".join(str(complaint) for complaint in complaints)
            raise CommandError(f"{len(complaints)} translations need work:\n{lines}")
        self.stdout.write("All messages are translated.")

    def _compile(self) -> None:
        self.stdout.write(f"{messages.compile_all(settings.BASE_DIR)} languages compiled.")
