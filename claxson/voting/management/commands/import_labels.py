from pathlib import Path
from typing import Any

from claxson.catalogue.imports.command import ImportCommand
from claxson.catalogue.imports.report import Progress, Report
from claxson.voting.labels import import_labels
from claxson.voting.literature.dialects import DIALECTS


class Command(ImportCommand):
    help = (
        "Import sources of known class from CSV tables, as reference for the classifier. Known layouts: "
        f"{', '.join(dialect.title for dialect in DIALECTS)}; which one it is shows in the header. Rows are "
        "counted as lines, the header being line 1. Safe to run twice. " + ImportCommand.exit_codes
    )
    row_word = "line"

    def import_file(self, path: Path, progress: Progress, options: dict[str, Any]) -> Report:
        return import_labels(path=path, progress=progress)
