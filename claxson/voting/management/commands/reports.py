"""`manage.py reports`: what volunteers said is wrong with sources, for a person to look at."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claxson.catalogue.selectors import source_id
from claxson.voting.models import ProblemReport
from claxson.voting.oversight.audit import record_act
from claxson.voting.services.skipping import settle


class Command(BaseCommand):
    help = (
        "List open reports of problems with sources, oldest first. A source that three volunteers reported "
        "waits at the end of the queue until --settle says that somebody has looked."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--settle", metavar="SOURCE", help="close its reports; needs --reason")
        parser.add_argument("--reason", help="what was found, or done; it is kept on record")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["settle"] is not None:
            self._settle(options["settle"], options["reason"])
        reports = ProblemReport.objects.filter(settled_at=None).select_related("source")
        for one in reports.order_by("reported_at", "pk"):
            self.stdout.write(f"{one.reported_at:%Y-%m-%d}\t{one.source.name}\t{one.reason}\t{one.text!r}")
        self.stdout.write(f"{len(reports)} open")

    def _settle(self, name: str, reason: str | None) -> None:
        if not reason:
            raise CommandError("--settle needs --reason: it is kept on record", returncode=2)
        source = source_id(name)
        if source is None:
            raise CommandError(f"there is no source {name}", returncode=2)
        settled = settle(source_id=source)
        record_act("settle reports", name, reason=reason, n_reports=settled)
        self.stdout.write(f"{name}: {settled} settled")
