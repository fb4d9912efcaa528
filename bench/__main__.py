"""`python -m bench [NAME...]`: print the tables of docs/benchmarks.md, measured now."""

import os
import platform
import sys
from collections.abc import Callable

from bench import active, demo, desk, pages, pipeline_run, recovery, turmoil, votes

REPORTS: dict[str, Callable[[], str]] = {
    "demo": demo.report,
    "desk": desk.report,
    "votes": votes.report,
    "turmoil": turmoil.report,
    "pages": pages.report,
    "pipeline": pipeline_run.report,
    "active": active.report,
    "recovery": recovery.report,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in REPORTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(REPORTS)}", file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load at the start {load:.1f}\n")
    for name in names or list(REPORTS):
        print(f"### {name}\n\n| what | measured |\n|---|---|\n{REPORTS[name]()}\n", flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
