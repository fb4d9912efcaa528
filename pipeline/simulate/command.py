"""`python -m pipeline simulate`: writes a folder of simulated observations, whole or not at all."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from pipeline.errors import PipelineError
from pipeline.simulate import events, files, tables, timing
from pipeline.simulate.observation import Observation, plan_observation
from pipeline.simulate.reference import draw_reference
from pipeline.simulate.spectra import Floats
from pipeline.simulate.telescope import CAMERAS

SIMULATOR_VERSION = "3"
RECORD = "simulation.json"
LIMITS = {
    "observations": (1, 99),
    "sources": (1, 100),
    "exposure_ks": (5.0, 130.0),
    "reference": (0, 100_000),
}

README = """SIMULATED DATA. NOT AN OBSERVATION.

Everything in this folder was made by `python -m pipeline simulate` (simulator version {version}).
Settings: {settings}
No telescope took part; no source here exists. Every FITS header carries SIMULATD = T.

<obsid>/                event lists, exposure maps and flare curves in the archive's formats; 99nnnnnn01 is
                        no XMM-Newton observation. <obsid>_sources.csv: positions;
                        counterparts.csv: optical and infrared objects
truth.csv               class and true parameters of every source: for checks, not an input
known_sources.csv       the classes of every second source, as if the literature knew them
reference_labels.csv    a simulated literature sample with classes and features (simulated = 1)
{record}         settings and the size of every file
"""


class SimulationRefused(PipelineError):
    """The settings are out of range, or the folder holds something else."""

    code = "simulation_refused"
    permanent = True


@dataclass(frozen=True)
class SimulationConfig:
    """Settings: seed, number of observations, sources in each, exposure (ks), size of the labelled sample."""

    seed: int
    observations: int = 3
    sources: int = 32
    exposure_ks: float = 30.0
    reference: int = 900

    def check(self) -> None:
        """Raise SimulationRefused where a setting is out of range."""
        if self.seed < 0:
            raise SimulationRefused(f"--seed is {self.seed}; it must not be negative")
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                option = "--" + name.replace("_", "-")
                raise SimulationRefused(f"{option} is {value}; it must lie between {low} and {high}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.description = "Write simulated XMM-Newton EPIC observations in the archive's file formats."
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to create")
    parser.add_argument("--seed", type=int, required=True, help="same seed and settings, same bytes")
    parser.add_argument("--observations", type=int, default=3, help="number of observations (default 3)")
    parser.add_argument("--sources", type=int, default=32, help="sources in each field (default 32)")
    parser.add_argument(
        "--exposure-ks", type=float, default=30.0, help="exposure in kiloseconds (default 30)"
    )
    parser.add_argument(
        "--reference", type=int, default=900, help="size of the labelled sample (default 900)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the simulation; 0 = written or already there, 2 = refused, with the reason on standard error."""
    config = SimulationConfig(args.seed, args.observations, args.sources, args.exposure_ks, args.reference)
    try:
        config.check()
        message = _provide(config, args.out.absolute())
    except SimulationRefused as refusal:
        sys.stderr.write(f"simulate: {refusal}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"simulate: cannot write {args.out}: {error.strerror or error}\n")
        return 2
    sys.stdout.write(message + "\n")
    return 0


def simulate(config: SimulationConfig) -> Iterator[tuple[str, bytes]]:
    """Yield (path inside the folder, content) of every file but the record; same config, same bytes."""
    *streams, reference_stream = np.random.default_rng(config.seed).spawn(config.observations + 1)
    observations = []
    for number, rng in enumerate(streams, start=1):
        observation = plan_observation(number, config.sources, config.exposure_ks * 1000, rng)
        observations.append(observation)
        yield from observation_files(observation, draw_curves(observation, rng), rng)
    yield "truth.csv", tables.truth_csv(observations).encode()
    yield "known_sources.csv", tables.known_csv(observations).encode()
    sample = draw_reference(config.reference, reference_stream)
    yield "reference_labels.csv", tables.reference_csv(sample).encode()
    settings = json.dumps(asdict(config))
    text = README.format(version=SIMULATOR_VERSION, settings=settings, record=RECORD)
    yield "README.txt", text.encode()


def draw_curves(observation: Observation, rng: np.random.Generator) -> list[Floats]:
    """Relative rates of the sources, each on `timing.time_grid(duration_s)`."""
    grid = timing.time_grid(observation.duration_s)
    return [timing.relative_rate(source.model.curve, grid, rng) for source in observation.sources]


def observation_files(
    observation: Observation, curves: list[Floats], rng: np.random.Generator
) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of the files of one observation whose sources have these relative rates."""
    folder = observation.obsid
    for camera in CAMERAS:
        listed = events.expose(observation, curves, camera, rng)
        curve = events.flare_curve(listed, observation)
        for product, content in (
            (f"{camera.product}0", files.event_file(observation, listed)),
            ("FBKTSR0", files.flare_file(observation, listed, curve)),
            ("EXPMAP8", files.exposure_file(observation, listed, curve)),
        ):
            yield f"{folder}/{files.product_name(observation, listed, product)}", content
    yield f"{folder}/{folder}_sources.csv", tables.sources_csv(observation).encode()
    yield f"{folder}/counterparts.csv", tables.counterparts_csv(observation, rng).encode()


def _provide(config: SimulationConfig, out: Path) -> str:
    if _already_there(config, out):
        return f"simulate: already there: {out}"
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-unfinished-") as scratch:
        built = Path(scratch) / "built"
        sizes = _write_files(config, built)
        record = {"simulator_version": SIMULATOR_VERSION, "config": asdict(config), "bytes": sizes}
        (built / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        built.rename(out)
    return f"simulate: wrote {config.observations} observations, {sum(sizes.values()) / 1e6:.1f} MB, to {out}"


def _write_files(config: SimulationConfig, folder: Path) -> dict[str, int]:
    sizes = {}
    total = config.observations * (3 * len(CAMERAS) + 2) + 4
    for name, content in tqdm(simulate(config), total=total, unit="file", desc="simulate", disable=None):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sizes[name] = len(content)
    return sizes


def _already_there(config: SimulationConfig, out: Path) -> bool:
    """True where `out` holds this very simulation, complete; refuses anything else that is there."""
    if out.is_file():
        raise SimulationRefused(f"{out} is a file; name a folder")
    if not out.exists() or not any(out.iterdir()):
        return False
    record = _read_record(out)
    if (record.get("simulator_version"), record.get("config")) != (SIMULATOR_VERSION, asdict(config)):
        raise SimulationRefused(
            f"{out} holds a simulation with other settings; name another folder or remove it"
        )
    for name, size in record["bytes"].items():
        path = out / name
        if not path.is_file() or path.stat().st_size != size:
            raise SimulationRefused(
                f"{out} is damaged ({name} is missing or changed); remove it and run again"
            )
    return True


def _read_record(out: Path) -> dict[str, Any]:
    try:
        record = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("bytes"), dict):
        raise SimulationRefused(f"{out} holds files that are not a simulation; name a new folder")
    return record
