"""Sources per second of the pipeline on real observations, and of the rerun that finds nothing changed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.site import ROOT


def real_data() -> Path:
    return Path(os.environ.get("CLAXSON_REAL_DATA") or ROOT.parent / "shared" / "data")


def summary(folders: list[Path], out: Path) -> str:
    command = [sys.executable, "-m", "pipeline", "run", *map(str, folders), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip().splitlines()[-1]


def report() -> str:
    cases = {"abell907": sorted((real_data() / "abell907").iterdir()), "hd159176": [real_data() / "hd159176"]}
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, folders in cases.items():
            out = Path(scratch) / name
            rows.append(f"| `{name}`, first run | {summary(folders, out)} |")
            rows.append(f"| `{name}`, again | {summary(folders, out)} |")
    return "\n".join(rows)
