import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PARENT = """
    import os, sys
    from claxson.core.supervisor import Child, supervise
    child = "from claxson.core.lifeline import end_with_parent; import os, time; end_with_parent();" \\
            "print('child', os.getpid(), flush=True); time.sleep(60)"
    print("ready", flush=True)
    sys.exit(supervise([Child("the child", [sys.executable, "-c", child], dict(os.environ))]))
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", textwrap.dedent(PARENT)]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "claxson.settings"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def next_child(parent: subprocess.Popen[str]) -> int:
    assert parent.stdout is not None
    return next(int(line.split()[1]) for line in parent.stdout if line.startswith("child"))


def ends(pid: int) -> bool:
    """Within five seconds; a zombie has ended."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_ctrl_c_stops_the_children_and_ends_well(parent) -> None:
    child = next_child(parent)
    parent.send_signal(signal.SIGINT)
    assert parent.wait(15) == 0
    assert ends(child)


def test_a_child_that_was_killed_is_started_again(parent) -> None:
    first = next_child(parent)
    os.kill(first, signal.SIGKILL)
    assert next_child(parent) != first


def test_no_child_outlives_a_parent_that_was_killed(parent) -> None:
    child = next_child(parent)
    parent.kill()
    parent.wait(5)
    assert ends(child)
