"""Acts that touch many votes, on the world of bench.scale: `python -m bench.oversight [--folder DIR]`.

The nightly recount of every counter, quarantine of two voters, their release, another question. With
--folder the generated world is kept there, as the acts leave it.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.site import Site


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--small", action="store_true")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        if chosen.folder:
            chosen.folder.mkdir(parents=True, exist_ok=True)
            site = Site(folder=chosen.folder).prepared()
        else:
            site = stack.enter_context(Site())
        set_up(site, small=chosen.small)
        print(f"load at the start {os.getloadavg()[0]:.1f}\n\n| what | measured |\n|---|---|")
        quarantines = [partial(quarantine_and_release, at_most) for at_most in (1_000, 1_000_000)]
        for measure in (recount, *quarantines, recount, another_question, recount):
            print(measure(), flush=True)
    return 0


def set_up(site: Site, *, small: bool) -> None:
    """Django on the site's own database, and a world in it."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "claxson.settings", "CLAXSON_DATA": str(site.folder)}
    os.environ.pop("DATABASE_URL", None)
    import django  # noqa: PLC0415

    django.setup()
    from bench.scale import world  # noqa: PLC0415
    from claxson.voting.models import Vote  # noqa: PLC0415

    if not Vote.objects.exists():
        size = world.SMALL if small else world.Size()
        world.generate(size, lambda step: print(step, file=sys.stderr, flush=True))


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = act()
    return time.perf_counter() - started, result


@contextmanager
def clocked(module: Any, *names: str) -> Iterator[list[float]]:
    """How long each call of these functions takes."""
    real = {name: getattr(module, name) for name in names}
    steps: list[float] = []

    def watched(function: Callable[..., Any], *arguments: Any) -> Any:
        took, result = timed(lambda: function(*arguments))
        steps.append(took)
        return result

    for name, function in real.items():
        setattr(module, name, partial(watched, function))
    yield steps
    for name, function in real.items():
        setattr(module, name, function)


def recount() -> str:
    from claxson.voting.models import Vote  # noqa: PLC0415
    from claxson.voting.oversight.recount import compare  # noqa: PLC0415

    n_votes = Vote.objects.count()
    took, differences = timed(compare)
    return f"| every counter beside its rows, {n_votes:,} votes | {took:.1f} s, {len(differences)} differ |"


def another_question() -> str:
    """With one answer less, so that every open source starts again."""
    from claxson.voting.models import QueueEntry, Vote  # noqa: PLC0415
    from claxson.voting.oversight import questions  # noqa: PLC0415
    from claxson.voting.services.desk import question_in_force  # noqa: PLC0415

    begun = QueueEntry.objects.filter(state="voting", n_votes__gt=0).values("pk")
    n_sources, n_votes = begun.count(), Vote.objects.filter(counted=True, source__in=begun).count()
    question = question_in_force()
    fewer = replace(question, answers=question.answers[1:])
    with clocked(questions, "_restart_some") as steps:
        took, _ = timed(lambda: questions.enact(question=fewer, reason="measured"))
    return (
        f"| another question: {n_sources:,} sources restarted, {n_votes:,} votes left out | {took:.1f} s, "
        f"longest of {len(steps)} steps {max(steps):.2f} s |"
    )


def quarantine_and_release(at_most: int) -> str:
    """Of the most active voter with at most so many votes, in steps: nobody waits for all of it."""
    from claxson.voting.models import VoterRecord  # noqa: PLC0415
    from claxson.voting.oversight import quarantine as acts  # noqa: PLC0415

    trained = VoterRecord.objects.exclude(trained_at=None).filter(n_votes__lte=at_most)
    one = trained.order_by("-n_votes").select_related("voter").first()
    assert one is not None
    with clocked(acts, "_take_out", "_put_back") as steps:
        taken, moved = timed(lambda: acts.quarantine(voter=one.voter, reason="measured"))
        given, back = timed(lambda: acts.release(voter=one.voter, reason="measured"))
    return (
        f"| quarantine of a voter with {moved.n_votes:,} counted votes; release | {taken:.1f} s; "
        f"{given:.1f} s, {back.n_votes:,} back, longest of {len(steps)} steps {max(steps):.2f} s |"
    )


if __name__ == "__main__":
    sys.exit(main())
