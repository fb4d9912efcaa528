from pathlib import Path
from typing import Any

from claxson.catalogue.imports.command import ImportCommand
from claxson.catalogue.imports.report import Progress, Report
from claxson.voting.ingest import ingest


class Command(ImportCommand):
    help = (
        "Ingest what the pipeline made: sources, detections and products of a manifest (the file or its "
        "folder); sources with products are opened to votes. Every product file is checked against its "
        "sha256; sources are counted from 1. Safe to run twice. " + ImportCommand.exit_codes
    )
    metavar = "MANIFEST"
    row_word = "source"

    def import_file(self, path: Path, progress: Progress, options: dict[str, Any]) -> Report:
        return ingest(path=path, progress=progress)
