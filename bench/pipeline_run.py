"""The pipeline: sources per second and core with events loaded, memory, reading, whole runs and reruns.

Times are processor time of one process unless a row says otherwise, because the wall clock of a shared
machine measures its other users.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from astropy.table import Table
from threadpoolctl import threadpool_limits

from bench.site import ROOT
from pipeline.config import RunConfig
from pipeline.inventory import take_inventory
from pipeline.observation import load_observation
from pipeline.products.files import write_atomically
from pipeline.readers.events import read_events
from pipeline.units.detection import labelled, make_field, measure_detection

REPEATS = 3
MEASURING_PASSES = 9
MEMORY = """
import resource, sys
from pathlib import Path
from pipeline.config import RunConfig
from pipeline.units.work import Unit, do_unit
assert not do_unit(Unit(Path(sys.argv[1]), Path(sys.argv[2]), RunConfig())).failures
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def real_data() -> Path:
    return Path(os.environ.get("CLAXSON_REAL_DATA") or ROOT.parent / "shared" / "data")


def python(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip().splitlines()[-1]


def simulated(out: Path) -> list[Path]:
    """Two fields of three cameras, 50 sources each, 30 ks."""
    settings = (
        "--seed",
        "5",
        "--observations",
        "2",
        "--sources",
        "50",
        "--exposure-ks",
        "30",
        "--reference",
        "0",
    )
    python("-m", "pipeline", "simulate", "--out", str(out), *settings)
    return sorted(path for path in out.iterdir() if path.is_dir())


def seconds(task: Callable[[], object]) -> float:
    """Median processor time of a task."""
    return statistics.median(passes(task, REPEATS))


def passes(task: Callable[[], object], number: int) -> list[float]:
    """Processor times of a task."""
    taken = []
    for _ in range(number):
        begin = time.process_time()
        task()
        taken.append(time.process_time() - begin)
    return taken


def measuring(folder: Path, out: Path) -> str:
    """Sources per second of one core, from loaded events to files on disk."""
    config = RunConfig()
    # Pictures of a simulated sky are drawn only where there is no real one; they are not part of the promise.
    observation = replace(load_observation(take_inventory(folder), config), counterparts=())
    named = labelled(observation, config.merge_arcsec)
    field = make_field(observation, [source for source, _ in named], "observations/one", config)

    folders = count()

    def measure() -> None:
        # Into a new folder each time: what is there already would only be compared.
        fresh = out / str(next(folders))
        for source, label in named:
            for product in measure_detection(source, label, field).products:
                for path, content in product.files():
                    write_atomically(fresh / path, content)

    events = sum(len(camera.events) for camera in observation.cameras)
    # One core: `python -m pipeline` sets the same limit for its workers.
    with threadpool_limits(1):
        measure()
        taken = passes(measure, MEASURING_PASSES)
    middle, best = (len(named) / value for value in (statistics.median(taken), min(taken)))
    what = f"{len(named)} sources, {len(observation.cameras)} cameras, {events:,} events"
    return f"{middle:.0f} sources/s, best pass {best:.0f} ({what})"


def reading(path: Path) -> str:
    ours, plain = (seconds(lambda read=read: read(path)) for read in (read_events, astropy_table))
    return f"{1000 * ours:.0f} ms; `Table.read` {1000 * plain:.0f} ms"


def astropy_table(path: Path) -> Table:
    return Table.read(path, hdu="EVENTS", format="fits", unit_parse_strict="silent")


def whole_run(folders: list[Path], out: Path, jobs: int) -> str:
    command = ("-m", "pipeline", "run", *map(str, folders), "--out", str(out), "--jobs", str(jobs))
    return python(*command)


def report() -> str:
    with tempfile.TemporaryDirectory() as name:
        return "\n".join(f"| {what} | {measured} |" for what, measured in _rows(Path(name)))


def _rows(scratch: Path) -> list[tuple[str, str]]:
    fields = simulated(scratch / "sim")
    genuine = real_data() / "hd159176"
    events = max(fields[0].glob("*EVLI*"), key=lambda path: path.stat().st_size)
    rows = [
        ("measured and drawn, events loaded, one core: simulated", measuring(fields[0], scratch / "a")),
        ("the same: `hd159176`", measuring(genuine, scratch / "b")),
        ("the same: `abell907/0404910601`", measuring(real_data() / "abell907/0404910601", scratch / "e")),
        ("peak memory of one observation: simulated", memory(fields[0], scratch / "c")),
        ("the same: `hd159176`", memory(genuine, scratch / "d")),
        ("reading an event list, simulated pn, gzipped", reading(events)),
        ("the same: `hd159176` MOS1, 134,685 events", reading(genuine / "P0001730201M1S002MIEVLI.FTZ")),
    ]
    for jobs in (1, 2):
        done = whole_run(fields, scratch / f"jobs{jobs}", jobs)
        rows.append((f"whole run, 2 simulated observations, `--jobs {jobs}`, wall clock", done))
    rows.append(("again, nothing changed", whole_run(fields, scratch / "jobs2", 2)))
    for name, folders in (
        ("abell907", sorted((real_data() / "abell907").iterdir())),
        ("hd159176", [genuine]),
    ):
        rows.append((f"`{name}`, wall clock", whole_run(folders, scratch / name, 2)))
    return rows


def memory(folder: Path, out: Path) -> str:
    return f"{python('-c', MEMORY, str(folder), str(out))} MB"
