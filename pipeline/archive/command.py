"""`python -m pipeline fetch`: observations from the archives into folders that `run` takes."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from pipeline.archive.fetching import fetch_observation, fetch_surroundings
from pipeline.archive.observations import observations_near
from pipeline.archive.services import Services
from pipeline.archive.transfer import Line
from pipeline.errors import NoNetwork, PipelineError

ADDRESSES = ("aio", "tap", "mirror", "mirror_tap", "xmatch", "vizier", "hips", "responses")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.description = (
        "Fetch event lists, exposure maps, flare curves, source lists, spectra with responses and light "
        "curves of public observations from the XMM-Newton Science Archive, or from HEASARC where that does "
        "not answer; and from the CDS what other telescopes saw about the listed sources: counterparts, "
        "nearby galaxies and pictures. Run it again to go on where it stopped: what is there and whole is "
        "not fetched again."
    )
    parser.add_argument("obsids", nargs="*", metavar="OBSID", help="ten digits, e.g. 0201901401")
    parser.add_argument(
        "--cone",
        nargs=3,
        type=float,
        metavar=("RA", "DEC", "R"),
        help="all public observations that point within R deg of a position (ICRS, deg)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for their folders")
    parser.add_argument(
        "--pause", type=float, default=1.0, metavar="S", help="least seconds between requests"
    )
    parser.add_argument(
        "--products-only", action="store_true", help="no counterparts, galaxies and pictures from the CDS"
    )
    for name in ADDRESSES:
        help_text = "base address, for a mirror of your own (default %(default)s)"
        option = f"--{name.replace('_', '-')}-url"
        parser.add_argument(option, default=_default(name), metavar="URL", help=help_text, dest=name)


def _default(name: str) -> str:
    return str(next(field.default for field in fields(Services) if field.name == name))


def run(args: argparse.Namespace) -> int:
    """Fetch; 0 = all there, 1 = some failed (listed), 2 = bad usage."""
    wrong = _wrong_usage(args)
    if wrong:
        sys.stderr.write(f"fetch: {wrong}\n")
        return 2
    services = Services(pause_s=args.pause, **{name: getattr(args, name).rstrip("/") for name in ADDRESSES})
    line = Line(services)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        obsids = _asked(line, args)
    except (OSError, PipelineError) as error:
        sys.stderr.write(f"fetch: {error}\n")
        return 1
    if not obsids:
        sys.stdout.write("no public observation points there; try a larger radius\n")
        return 0
    return _fetch_all(line, obsids, args.out, products_only=args.products_only)


def _wrong_usage(args: argparse.Namespace) -> str:
    odd = [obsid for obsid in args.obsids if not (len(obsid) == 10 and obsid.isdigit())]
    if odd:
        return f"{odd[0]} is not the number of an observation, which has ten digits"
    if not args.obsids and args.cone is None:
        return "name an observation, or a --cone RA DEC R"
    if args.cone and not (0 <= args.cone[0] < 360 and abs(args.cone[1]) <= 90 and 0 < args.cone[2] <= 10):
        return "--cone wants RA 0..360, DEC -90..90 and R 0..10, in deg"
    return ""


def _asked(line: Line, args: argparse.Namespace) -> list[str]:
    found = observations_near(line, tuple(args.cone), args.out / ".cone") if args.cone else []
    return list(dict.fromkeys([*args.obsids, *found]))


def _fetch_all(line: Line, obsids: list[str], out: Path, *, products_only: bool) -> int:
    failed = files = 0
    for obsid in obsids:
        try:
            files += fetch_observation(line, obsid, out, _tell).new
        except (PipelineError, OSError) as error:
            failed += _failed(obsid, error)
            if isinstance(error, NoNetwork):
                # Every other observation would wait for the same network.
                break
            continue
        try:
            files += 0 if products_only else fetch_surroundings(line, obsid, out, _tell)
        except (PipelineError, OSError) as error:
            failed += _failed(obsid, error)
    done = "all whole" if not failed else "run it again to go on"
    sys.stdout.write(f"{len(obsids)} observation(s), {files} new file(s), {failed} failure(s): {done}\n")
    return 1 if failed else 0


def _failed(obsid: str, error: Exception) -> int:
    """Tell of a failure, and count it."""
    sys.stderr.write(f"failed: {obsid} ({getattr(error, 'code', 'cannot_write')}): {error}\n")
    return 1


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
