"""The steps of the demo: from observations to a site whose loop has turned once."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from claxson.accounts.models import User
from claxson.accounts.services import ensure_account
from claxson.catalogue.imports.report import Report
from claxson.core.errors import ClaxsonError
from claxson.learning.models import ModelVersion
from claxson.voting.ingest import ingest
from claxson.voting.labels import import_labels
from claxson.voting.models import Consensus

PASSWORD = "xmm-newton"  # noqa: S105  # printed on purpose: a demo on the loopback interface
ACCOUNTS = {
    "volunteer": User.Role.VOLUNTEER,
    "astronomer": User.Role.ASTRONOMER,
    "teacher": User.Role.TEACHER,
    "admin": User.Role.ADMIN,
}
SEED = 42
# Enough closed sources to learn from, and some that one more vote will close.
CROWD_CLOSES = 8
CROWD_LEAVES_AT_19 = 24


class DemoFailed(ClaxsonError):
    """A step of the demo failed; its own message stands above."""

    code = "demo_failed"


@dataclass(frozen=True)
class Material:
    """What the demo runs on: observation folders, reference labels, and truth where it was simulated."""

    observations: tuple[Path, ...]
    labels: tuple[Path, ...]
    truth: Path | None


Say = Callable[[str], None]


def prepare(observations: list[Path], labels: list[Path], say: Say) -> None:
    """Everything up to the point of serving; each step is safe to repeat."""
    say("Database: migrations")
    call_command("migrate", verbosity=0)
    say("Texts and static files")
    call_command("messages", "compile")
    call_command("collectstatic", interactive=False, verbosity=0)
    for username, role in ACCOUNTS.items():
        ensure_account(username=username, password=PASSWORD, role=role)
    material = real_material(observations, labels) if observations else simulated_material(say)
    load(material, say)
    turn_the_loop_once(material, say)


def real_material(observations: list[Path], labels: list[Path]) -> Material:
    """Real files; reference labels as given, else from the folder of real data."""
    found = labels or sorted(settings.CLAXSON_REAL_DATA.glob("*_labelled/*.csv"))
    if not found:
        raise DemoFailed("no reference labels: name a labelled table with --labels FILE")
    return Material(tuple(observations), tuple(found), truth=None)


def simulated_material(say: Say) -> Material:
    """Observations simulated once, under the data folder."""
    folder = settings.CLAXSON_DATA / "demo" / "simulated"
    say("Simulated observations (no real files were given; everything shown is marked as simulated)")
    run_pipeline("simulate", "--out", str(folder), "--seed", str(SEED))
    observations = tuple(sorted(path for path in folder.iterdir() if path.is_dir()))
    labels = (folder / "reference_labels.csv", folder / "known_sources.csv")
    return Material(observations, labels, truth=folder / "truth.csv")


def load(material: Material, say: Say) -> None:
    """Measure, draw, ingest, and import what the literature says."""
    out = settings.CLAXSON_DATA / "demo" / ("simulated_products" if material.truth else "products")
    say("Pipeline: measuring and drawing every source")
    run_pipeline("run", *map(str, material.observations), "--out", str(out), tolerate_failures=True)
    say("Catalogue and reference labels")
    say_report("sources", ingest(path=out / "manifest.json"), say)
    for labels in material.labels:
        say_report(labels.name, import_labels(path=labels), say)


def say_report(what: str, report: Report, say: Say) -> None:
    """Some refused rows are normal in published tables; the reason of the first tells which."""
    say(f"  {what}: {report.summary()}")
    if report.refusals:
        say(f"  the first refused: row {report.refusals[0].row}: {report.refusals[0].reason}")


def turn_the_loop_once(material: Material, say: Say) -> None:
    """First model, a simulated crowd's votes, and what the model learns of them; skipped once done."""
    if not ModelVersion.objects.exists():
        say("First model")
        call_command("retrain")
    if not Consensus.objects.exists():
        say("A simulated crowd votes, and the model learns")
        truth = {"truth": material.truth} if material.truth else {}
        call_command("simulate_crowd", sources=CROWD_CLOSES, **truth)
        call_command("retrain")
        call_command("simulate_crowd", sources=CROWD_LEAVES_AT_19, votes=19, seed=2, **truth)


def run_pipeline(*arguments: str, tolerate_failures: bool = False) -> None:
    """The pipeline as its own process: its progress and its messages go straight to the terminal."""
    command = [sys.executable, "-m", "pipeline", *arguments]
    code = subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ, check=False).returncode
    if code == 0 or (code == 1 and tolerate_failures):
        return
    raise DemoFailed(f"the pipeline ended with exit code {code}; its message stands above")
