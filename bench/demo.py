"""Seconds from `manage.py demo` to the first page: the first time, and repeated."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.site import ROOT, free_port, get

GIVE_UP_S = 600


@contextmanager
def empty_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="claxson-demo-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """The demo, from its start to its end; its port, once it answers."""
    port = free_port()
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"CLAXSON_DATA": str(folder)}
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)]
    demo = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + GIVE_UP_S
        while not answers(port):
            assert demo.poll() is None, "the demo ended"
            assert time.monotonic() < give_up, "no page"
            time.sleep(0.1)
        yield port
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)


def seconds_to_first_page(folder: Path) -> float:
    started = time.perf_counter()
    with running(folder):
        return time.perf_counter() - started


def answers(port: int) -> bool:
    try:
        return get(port, "/en/") == 200
    except (OSError, http.client.HTTPException):
        return False


def report() -> str:
    with empty_folder() as folder:
        first, again = seconds_to_first_page(folder), seconds_to_first_page(folder)
    return f"| first page, nothing prepared | {first:.0f} s |\n| first page, repeated | {again:.0f} s |"
