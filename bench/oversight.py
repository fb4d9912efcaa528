"""Acts that touch many votes, on the world of bench.scale: `python -m bench.oversight [--folder DIR]`.

The nightly recount of every counter, quarantine of one voter, their release, another question. With
--folder the generated world is kept there, as the acts leave it.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
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
        for measure in (recount, quarantine_and_release, recount, another_question, recount):
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
    steps: list[float] = []
    real = questions._restart_some

    def step(after: int, since: int) -> int:
        took, last = timed(lambda: real(after, since))
        steps.append(took)
        return last

    questions._restart_some = step
    question = question_in_force()
    took, _ = timed(
        lambda: questions.enact(question=replace(question, answers=question.answers[1:]), reason="measured")
    )
    return (
        f"| another question: {n_sources:,} sources restarted, {n_votes:,} votes left out | {took:.1f} s, "
        f"longest of {len(steps)} steps {max(steps):.2f} s |"
    )


def quarantine_and_release() -> str:
    """Of somebody with a thousand votes: source by source, so that nobody waits for all of it."""
    from claxson.voting.models import VoterRecord  # noqa: PLC0415
    from claxson.voting.oversight.quarantine import quarantine, release  # noqa: PLC0415

    trained = VoterRecord.objects.exclude(trained_at=None).filter(n_votes__lte=1000)
    one = trained.order_by("-n_votes").select_related("voter").first()
    assert one is not None
    taken, moved = timed(lambda: quarantine(voter=one.voter, reason="measured"))
    given, back = timed(lambda: release(voter=one.voter, reason="measured"))
    return (
        f"| quarantine of a voter with {moved.n_votes:,} counted votes; release | "
        f"{taken:.1f} s; {given:.1f} s, {back.n_votes:,} back |"
    )


if __name__ == "__main__":
    sys.exit(main())
