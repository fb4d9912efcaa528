"""The shell that the import commands share: progress, refusals, a summary line, an exit code."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.imports.report import Progress, Report

SOME_REFUSED = 1
UNUSABLE = 2


class ImportCommand(BaseCommand):
    """One transaction per file; what the exit code says is in `exit_codes`."""

    exit_codes = (
        "Exit code: 0 all rows taken, 1 some refused (each is listed with its reason), "
        "2 a file cannot be used (nothing of it is stored)."
    )
    metavar = "FILE"
    nargs: str | int = "+"
    row_word = "row"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs=self.nargs, type=Path, metavar=self.metavar)

    def import_file(self, path: Path, progress: Progress, options: dict[str, Any]) -> Report:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        for path in options["files"]:
            report = self._import(path, options)
            for refusal in report.refusals:
                self.stderr.write(f"{path.name}: {self.row_word} {refusal.row} refused: {refusal.reason}")
            self.stdout.write(f"{path.name}: {report.summary()}")
            refused += len(report.refusals)
        if refused:
            sys.exit(SOME_REFUSED)

    def _import(self, path: Path, options: dict[str, Any]) -> Report:
        # A bar on a terminal only: `disable=None` asks the stream.
        with tqdm(desc=path.name, unit=self.row_word, file=sys.stderr, disable=None) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                return self.import_file(path, progress, options)
            except UnusableFile as error:
                raise CommandError(f"{path}: {error.message}", returncode=UNUSABLE) from error
