"""What the machine pays: CPU time of processes and their children, and one durable write."""

import os
import tempfile
import time
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    children = [
        int(c) for path in Path(f"/proc/{pid}/task").glob("*/children") for c in path.read_text().split()
    ]
    return [pid, *(found for child in children for found in descendants(child))]


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and of all below it that live, or that it waited for."""
    total = 0
    for process in descendants(pid):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += sum(map(int, fields[11:15] if process == pid else fields[11:13]))
    return total * TICK_S


def fdatasync_us(folder: Path, times: int = 200) -> float:
    """The median time of one small durable write where the database lies."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            file.write(b"x" * 8192)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - started)
    return sorted(took)[times // 2] * 1e6
