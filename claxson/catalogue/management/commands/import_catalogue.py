from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from claxson.catalogue.imports.command import UNUSABLE, ImportCommand
from claxson.catalogue.imports.report import Progress, Report
from claxson.catalogue.services import import_catalogue

MAX_RELEASE = 40


class Command(ImportCommand):
    help = (
        "Import 4XMM detection catalogues (FITS): rows become detections, their SRCIDs sources. Columns are "
        "read by name; DETID, SRCID, IAUNAME, OBS_ID, RA and DEC must be there. Rows are counted from 1. "
        "Safe to run twice: rows already there are left as they are or brought up to date. "
        + ImportCommand.exit_codes
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--release",
            default="",
            help="where the rows are from, for example 4xmm-dr13; default: as the file's name tells",
        )

    def import_file(self, path: Path, progress: Progress, options: dict[str, Any]) -> Report:
        release = options["release"]
        if len(release) > MAX_RELEASE:
            raise CommandError(f"--release is longer than {MAX_RELEASE} characters", returncode=UNUSABLE)
        return import_catalogue(path=path, release=release, progress=progress)
