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
def running_demo(folder: Path) -> Iterator[int]:
    """A demo that has shown its first page; gives its port."""
    port = free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)]
    demo = subprocess.Popen(
        command, env=demo_env(folder), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    started = time.perf_counter()
    try:
        while not answers(port):
            assert demo.poll() is None, "the demo ended"
            assert time.perf_counter() - started < GIVE_UP_S, "no page"
            time.sleep(0.1)
        yield port
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)


def demo_env(folder: Path) -> dict[str, str]:
    """The environment of a demo with its data in a folder of its own."""
    return {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"CLAXSON_DATA": str(folder)}


@contextmanager
def demo_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="claxson-demo-"))
    folder.chmod(0o755)  # the database's own account must be able to enter
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def seconds_to_first_page(folder: Path) -> float:
    started = time.perf_counter()
    with running_demo(folder):
        return time.perf_counter() - started


def answers(port: int) -> bool:
    try:
        return get(port, "/en/") == 200
    except (OSError, http.client.HTTPException):
        return False


def report() -> str:
    with demo_folder() as folder:
        first, again = seconds_to_first_page(folder), seconds_to_first_page(folder)
    return f"| first page, nothing prepared | {first:.0f} s |\n| first page, repeated | {again:.0f} s |"
