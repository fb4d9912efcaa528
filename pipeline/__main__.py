"""X-ray observations in, cut-outs, spectra, light curves and a feature table out."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline import __version__
from pipeline.archive import command as archive
from pipeline.check import check_manifest
from pipeline.config import RunConfig
from pipeline.errors import PipelineError
from pipeline.manifest import MANIFEST_NAME, read_manifest
from pipeline.run import Outcome, RunRequest, run
from pipeline.simulate import command as simulation

# Each worker imports everything anew, seconds of work that a few observations do not win back.
WORTH_WORKERS = 8
EXIT_CODES = "exit code: 0 all well, 1 some inputs failed (listed at the end), 2 bad usage"


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; the result is the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except PipelineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1 if options.command == "check" else 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; run the same command again\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__, epilog=EXIT_CODES)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | fetch | simulate | check")
    _add_run(commands.add_parser("run", help="measure the sources of observations", epilog=EXIT_CODES))
    simulate = commands.add_parser("simulate", help="make simulated observations", epilog=EXIT_CODES)
    simulation.add_arguments(simulate)
    simulate.set_defaults(action=simulation.run)
    fetch = commands.add_parser("fetch", help="fetch observations from the archives", epilog=EXIT_CODES)
    archive.add_arguments(fetch)
    fetch.set_defaults(action=archive.run)
    check = commands.add_parser("check", help="verify a manifest and its files", epilog=EXIT_CODES)
    check.add_argument(
        "manifest", type=Path, metavar="MANIFEST", help="manifest.json, or the folder that holds it"
    )
    check.set_defaults(action=_check)
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads EPIC event lists with their images, exposure maps, good times and region files, one folder "
        "per observation, and writes for every source a three-colour cut-out, a spectrum, a light curve and "
        "features, with manifest.json and features.csv. Input is never changed; an unchanged run is reused."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folder of PPS or SAS products")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the products go")
    parser.add_argument(
        "--sources",
        type=Path,
        metavar="FILE",
        help="CSV with ra_deg, dec_deg [, name] for folders without regions",
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        metavar="N",
        help=f"observations at a time (default: one a core, but one alone below {WORTH_WORKERS} folders)",
    )
    parser.add_argument("--only-real", action="store_true", help="refuse simulated observations")
    parser.set_defaults(action=_run)


def _jobs(folders: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if folders >= WORTH_WORKERS else 1


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    # Workers share the cores; threads of their own inside the linear algebra would only fight over them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    config = RunConfig(only_real=options.only_real)
    jobs = options.jobs or _jobs(len(options.folders))
    request = RunRequest(tuple(options.folders), options.out, options.sources, config, jobs)
    outcome = run(request, _bar)
    seconds = max(time.perf_counter() - started, 1e-3)
    failures = outcome.manifest["failures"]
    for failure in failures:
        sys.stderr.write(f"failed: {failure['where']} ({failure['code']}): {failure['message']}\n")
    sys.stdout.write(_summary(outcome, seconds) + "\n")
    return 1 if failures else 0


def _bar(items: Iterable[Any], label: str, total: int) -> Iterable[Any]:
    return tqdm(items, desc=label, total=total, disable=not sys.stderr.isatty(), leave=False)


def _summary(outcome: Outcome, seconds: float) -> str:
    manifest = outcome.manifest
    sources = len(manifest["sources"])
    counts = (
        _plural(sources, "source"),
        _plural(len(manifest["observations"]), "observation"),
        _plural(len(manifest["failures"]), "failure"),
    )
    kept = f"{outcome.kept} kept, " if outcome.kept else ""
    end = "unchanged, reused" if outcome.reused else f"{kept}{sources / seconds:.1f} sources/s"
    return f"{', '.join(counts)}, {seconds:.1f} s, {end}"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _check(options: argparse.Namespace) -> int:
    path: Path = options.manifest
    folder = path if path.is_dir() else path.parent
    manifest = read_manifest(folder / MANIFEST_NAME if path.is_dir() else path)
    faults = check_manifest(manifest, folder)
    for fault in faults:
        sys.stderr.write(f"wrong: {fault}\n")
    products = sum(len(source["products"]) for source in manifest["sources"])
    verdict = _plural(len(faults), "fault") if faults else "all well"
    sys.stdout.write(
        f"{_plural(len(manifest['sources']), 'source')}, {_plural(products, 'product')}: {verdict}\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
