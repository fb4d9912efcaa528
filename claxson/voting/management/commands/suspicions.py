"""`manage.py suspicions`: what the detectors found, for a person to decide."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claxson.voting.models import Suspicion
from claxson.voting.oversight.detection import detect, dismiss


class Command(BaseCommand):
    help = (
        "List open suspicions with their evidence. What follows is for a person to decide: `quarantine`, or "
        "--dismiss, after which the same is not raised again for 30 days."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--detect", action="store_true", help="run the nightly detectors now")
        parser.add_argument("--dismiss", type=int, metavar="NUMBER", help="it is nothing; needs --reason")
        parser.add_argument("--reason", help="why; it is kept on record")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["detect"]:
            self.stdout.write(f"{detect()} new")
        if options["dismiss"] is not None:
            self._dismiss(options["dismiss"], options["reason"])
        suspicions = Suspicion.objects.filter(settled_at=None).order_by("raised_at", "pk")
        for one in suspicions:
            self.stdout.write(f"{one.pk}\t{one.voter_id}\t{one.detector}\t{json.dumps(one.evidence)}")
        self.stdout.write(f"{len(suspicions)} open")

    def _dismiss(self, number: int, reason: str | None) -> None:
        if not reason:
            raise CommandError("--dismiss needs --reason: it is kept on record", returncode=2)
        suspicion = Suspicion.objects.filter(pk=number).first()
        if suspicion is None:
            raise CommandError(f"there is no suspicion {number}", returncode=2)
        dismiss(suspicion=suspicion, reason=reason)
