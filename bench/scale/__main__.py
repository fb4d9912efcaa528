"""`python -m bench.scale [--folder DIR] [--votes N] [--small]`: the table "Votes at scale", measured now.

With --folder the generated world is kept there and used again.
"""

import argparse
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from bench.site import Site


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--votes", type=int, default=8000)
    parser.add_argument("--small", action="store_true")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        if chosen.folder:
            chosen.folder.mkdir(parents=True, exist_ok=True)
            site = Site(folder=chosen.folder).prepared()
        else:
            site = stack.enter_context(Site())
        measure(site, chosen.votes, small=chosen.small)
    return 0


def measure(site: Site, n_votes: int, *, small: bool) -> None:
    """Django is set up here, on the site's own database."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "claxson.settings", "CLAXSON_DATA": str(site.folder)}
    os.environ.pop("DATABASE_URL", None)
    import django  # noqa: PLC0415

    django.setup()
    from bench.scale import reads, votes, world  # noqa: PLC0415
    from claxson.voting.models import Vote  # noqa: PLC0415

    if not Vote.objects.exists():
        started = time.monotonic()
        world.generate(
            world.SMALL if small else world.Size(),
            lambda step: print(f"{time.monotonic() - started:6.0f} s {step}", file=sys.stderr, flush=True),
        )
    print(f"load at the start {os.getloadavg()[0]:.1f}\n\n| what | measured |\n|---|---|")
    for row in (
        lambda: reads.next_source(300),
        reads.leaderboard,
        reads.own_page,
        lambda: votes.durability(site),
        lambda: votes.through_http(site, n_votes),
        lambda: votes.by_pgbench(site, n_votes),
        lambda: votes.bare_view(site, n_votes),
        reads.aggregation,
    ):
        print(row(), flush=True)


sys.exit(main())
