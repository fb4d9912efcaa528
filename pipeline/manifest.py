"""The manifest and the feature table: the contract with whoever reads the output."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pipeline import __version__
from pipeline.config import RunConfig
from pipeline.errors import DamagedManifest
from pipeline.inventory import Failure, InputFile
from pipeline.measure.features import feature_columns
from pipeline.observation import Observation
from pipeline.products.curves import json_bytes
from pipeline.products.files import write_atomically

SCHEMA: Final = "claxson.manifest/1"
MANIFEST_NAME: Final = "manifest.json"
TABLE_NAME: Final = "features.csv"
REAL: Final = (
    "Based on observations obtained with XMM-Newton, an ESA science mission with instruments and "
    "contributions directly funded by ESA Member States and NASA"
)
SIMULATED: Final = "Simulated data, not an observation"


def feature_table(sources: Iterable[dict[str, Any]]) -> bytes:
    """The feature table as CSV: name, ra_deg, dec_deg, then the features; empty means missing.

    Parameters
    ----------
    sources : iterable of dict
        Entries of the manifest.

    Returns
    -------
    bytes
    """
    columns = [column["name"] for column in feature_columns()]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["name", "ra_deg", "dec_deg", *columns])
    for source in sources:
        values = [source["features"].get(column) for column in columns]
        writer.writerow([source["name"], source["ra_deg"], source["dec_deg"], *values])
    return stream.getvalue().encode()


def observation_entry(observation: Observation) -> dict[str, Any]:
    """An observation as an entry of the manifest."""
    cameras = {
        camera.events.camera: {
            "filter": camera.events.filter_name,
            "exposure_s": round(camera.events.good_seconds, 3),
            "events": len(camera.events),
            "cleaned_here": here,
        }
        for camera, here in zip(observation.cameras, observation.cleaned_here, strict=True)
    }
    return {
        "obsid": observation.obsid,
        "target": observation.target,
        "ra_deg": observation.ra_deg,
        "dec_deg": observation.dec_deg,
        "mjd_start": observation.mjd_start,
        "mjd_stop": observation.mjd_stop,
        "cameras": cameras,
        "simulated": observation.simulated,
    }


def input_entries(files: Iterable[InputFile]) -> list[dict[str, Any]]:
    """Input files as entries of the manifest, sorted by path."""
    entries = [{"path": one.label, "sha256": one.sha256, "kind": one.kind} for one in files]
    return sorted(entries, key=lambda entry: entry["path"])


def failure_entries(failures: Iterable[Failure]) -> list[dict[str, Any]]:
    """Failures as entries of the manifest."""
    return [{"where": one.where, "code": one.code, "message": one.message} for one in failures]


def build_manifest(
    inputs: list[dict[str, Any]],
    records: list[dict[str, Any]],
    sources: list[dict[str, Any]],
    failures: list[Failure],
    config: RunConfig,
) -> dict[str, Any]:
    """Put the manifest together.

    Parameters
    ----------
    inputs : list of dict
        From `input_entries`.
    records : list of dict
        Of the units, in the order of their observations.
    sources : list of dict
        Entries, in the order of the feature table.
    failures : list of Failure
        What went wrong.
    config : RunConfig
        Settings.

    Returns
    -------
    dict
        Document of schema ``claxson.manifest/1``; no clock time is in it.
    """
    simulated = any(record["observation"]["simulated"] for record in records)
    table = feature_table(sources)
    return {
        "schema": SCHEMA,
        "code_version": __version__,
        "config": config.as_json(),
        "config_sha256": config.sha256(),
        "simulated": simulated,
        "attribution": SIMULATED if simulated else REAL,
        "inputs": sorted(inputs, key=lambda entry: str(entry["path"])),
        "observations": [record["observation"] for record in records],
        "sources": sources,
        "feature_table": {
            "path": TABLE_NAME,
            "sha256": hashlib.sha256(table).hexdigest(),
            "columns": feature_columns(),
        },
        "failures": failure_entries(failures),
        "notes": [note for record in records for note in record["notes"]],
    }


def write_manifest(out: Path, manifest: dict[str, Any]) -> None:
    """Write the feature table and then, last of all files, the manifest."""
    write_atomically(out / TABLE_NAME, feature_table(manifest["sources"]))
    write_atomically(out / MANIFEST_NAME, json_bytes(manifest))


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest.

    Parameters
    ----------
    path : Path
        The file, or the folder that holds it.

    Returns
    -------
    dict

    Raises
    ------
    DamagedManifest
        It is missing, is not JSON, or is of another schema.
    """
    path = path / MANIFEST_NAME if path.is_dir() else path
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DamagedManifest(f"{path}: cannot be read ({error.strerror}); give a manifest.json") from error
    except ValueError as error:
        raise DamagedManifest(f"{path}: is not JSON ({error}); run the pipeline again") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise DamagedManifest(f"{path}: is not of schema {SCHEMA}; run this version of the pipeline again")
    return document
