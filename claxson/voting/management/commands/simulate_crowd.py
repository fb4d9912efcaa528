"""`manage.py simulate_crowd`: votes of a simulated crowd, through the same service as people's votes."""

import argparse
import csv
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.models import CONSENSUS_VOTES, GoldSource, QueueEntry, VoterRecord
from claxson.voting.rules.crowd import CLASSES, SimulatedVolunteer, answer_of, looks_like, make_crowd
from claxson.voting.rules.question import GOLD_NEEDED
from claxson.voting.services.casting import Ballot, CastVote, cast_vote
from claxson.voting.services.leasing import HeldLease, hand_out

NAMESPACE = uuid.UUID("6f1c3c1e-6d5b-4b53-9d2c-0c1f8a1c7d11")


class Command(BaseCommand):
    help = "Send the votes of a simulated crowd (marked as simulated) on open sources. Safe to run twice."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--volunteers", type=int, default=60, help="size of the crowd (default 60)")
        parser.add_argument("--sources", type=int, default=10, help="how many open sources (default 10)")
        parser.add_argument(
            "--votes", type=int, default=CONSENSUS_VOTES, help="counted votes per source (default 20)"
        )
        parser.add_argument("--truth", type=Path, help="CSV with name,class: what the sources really are")
        parser.add_argument(
            "--seed", type=int, default=1, help="same seed, same crowd, same answers (default 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        truth = read_truth(options["truth"]) if options["truth"] else {}
        crowd = make_crowd(options["volunteers"], np.random.default_rng(options["seed"]))
        sources = open_sources(options["sources"])
        trained = train(crowd, options["seed"])
        cast = closed = 0
        for source in tqdm(sources, unit="source", disable=not sys.stderr.isatty()):
            seen = truth.get(source.name) or looks_like(source.features)
            for result in votes_on(source, seen, crowd, options):
                cast += 1
                closed += result
        self.stdout.write(
            f"{cast} simulated votes cast on {len(sources)} sources, {closed} reached consensus{trained}"
        )


def read_truth(path: Path) -> dict[str, str]:
    """Source name -> class, from a CSV with the columns `name` and `class`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        truth = {row["name"]: row["class"].lower() for row in rows}
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}: {error}", returncode=2) from error
    except KeyError as error:
        raise CommandError(f"{path} has no column {error}; it needs name,class", returncode=2) from error
    unknown = sorted(set(truth.values()) - set(CLASSES))
    if unknown:
        raise CommandError(
            f"{path}: unknown class {', '.join(unknown)}; known: {', '.join(CLASSES)}", returncode=2
        )
    return truth


def open_sources(limit: int) -> list[Source]:
    entries = QueueEntry.objects.filter(state=QueueEntry.State.VOTING).order_by("-priority", "source_id")
    return [entry.source for entry in entries.select_related("source")[:limit]]


def train(crowd: tuple[SimulatedVolunteer, ...], seed: int) -> str:
    """Everybody answers gold sources first, where there are enough of them to be trained on."""
    if GoldSource.objects.count() < GOLD_NEEDED:
        return ""
    passed = sum(trains(volunteer, seed + i) for i, volunteer in enumerate(crowd))
    return f"; {passed} of {len(crowd)} simulated volunteers passed the training"


def trains(volunteer: SimulatedVolunteer, seed: int) -> bool:
    """At most as many gold sources as there must be; True for who is trained at the end."""
    voter, _ = Voter.objects.get_or_create(simulated_name=volunteer.name)
    rng = np.random.default_rng([seed, GOLD_NEEDED])
    record = VoterRecord.objects.filter(voter=voter).first()
    while record is None or (record.trained_at is None and record.n_gold < GOLD_NEEDED):
        held = hand_out(voter=voter, training=True)
        if not held:
            break
        known = GoldSource.objects.get(pk=held[0].source_id).gold_class
        cast(held[0], answer_of(volunteer, known, rng), seed)
        record = VoterRecord.objects.get(voter=voter)
    return record is not None and record.trained_at is not None


def votes_on(
    source: Source, seen: str, crowd: tuple[SimulatedVolunteer, ...], options: dict[str, Any]
) -> Iterator[bool]:
    """One vote after the other until the source has as many as asked; yields whether it closed the source."""
    rng = np.random.default_rng([options["seed"], source.pk])
    for i in rng.permutation(len(crowd)):
        volunteer = crowd[i]
        answer = answer_of(volunteer, seen, rng)
        if QueueEntry.objects.get(pk=source.pk).n_votes >= options["votes"]:
            return
        voter, _ = Voter.objects.get_or_create(simulated_name=volunteer.name)
        for held in hand_out(voter=voter, only=[source.pk]):
            yield cast(held, answer, options["seed"]).reached_consensus


def cast(held: HeldLease, answer: str, seed: int) -> CastVote:
    return cast_vote(ballot=Ballot(held.token, answer, uuid.uuid5(NAMESPACE, f"{seed} {held.token}")))
