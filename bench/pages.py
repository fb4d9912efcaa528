"""What each page of the demo costs: queries, server time, bytes, and what Lighthouse says of it.

Lighthouse comes from the npm registry through `npx` and measures as it does by default: a phone on a slow
network (1.6 Mbit/s, 150 ms) whose processor is four times slower. Without `npx` its columns stay empty.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.demo import demo_env, demo_folder, running_demo
from bench.site import ROOT

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices")
CHROMIUM = (
    "--headless=new --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync --no-first-run"
)
PAGES = (
    "",
    "classify/{name}/",
    "sources/{name}/",
    "guide/",
    "tutorial/1/",
    "tutorial/3/",
    "leaderboard/",
    "me/",
    "account/",
    "presentation/",
    "accounts/password/change/",
)
REPEATS = 20

# Run inside the site, as somebody who is logged in: queries and server time of each page.
INSIDE = """
import json, statistics, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from claxson.accounts.models import User
from claxson.catalogue.models import Product
name = Product.objects.filter(kind="lightcurve").order_by("pk").first().source.name
client = Client(headers={"host": "127.0.0.1"})
client.force_login(User.objects.get(username="volunteer"))
found = {}
for page in %(pages)r:
    path = "/en/" + page.format(name=name)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        status = client.get(path).status_code
    n_queries = len(queries)  # the next request clears the log
    took = []
    for _ in range(%(repeats)d):
        started = time.perf_counter()
        client.get(path)
        took.append(1e3 * (time.perf_counter() - started))
    found[page] = [path, status, n_queries, statistics.median(took)]
print(json.dumps(found))
"""


def inside(folder: Path) -> dict[str, list[Any]]:
    """Address, status, queries and milliseconds of each page."""
    code = INSIDE % {"pages": PAGES, "repeats": REPEATS}
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", code]
    done = subprocess.run(command, env=demo_env(folder), cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def lighthouse(address: str) -> str:
    """The scores of a page, and the bytes that a first visit transfers."""
    if not shutil.which("npx"):
        return "no npx: not looked at with Lighthouse"
    wanted = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    command = ["npx", "--yes", LIGHTHOUSE, address, *wanted, f"--chrome-flags={CHROMIUM}"]
    env = os.environ | {"CHROME_PATH": os.environ.get("CHROMIUM") or shutil.which("chromium") or ""}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    scores = " / ".join(f"{100 * (seen['categories'][name]['score'] or 0):.0f}" for name in CATEGORIES)
    return f"{scores}; {seen['audits']['total-byte-weight']['numericValue'] / 1e3:.0f} kB"


def report() -> str:
    rows = [f"| a page | queries; server time; Lighthouse {', '.join(CATEGORIES)}; bytes of a first visit |"]
    with demo_folder() as folder, running_demo(folder) as port:
        for path, status, queries, took_ms in inside(folder).values():
            assert status == 200, f"{path} answered {status}"
            seen = lighthouse(f"http://127.0.0.1:{port}{path}")
            rows.append(f"| `{path}` | {queries}; {took_ms:.0f} ms; {seen} |")
    return "\n".join(rows)
