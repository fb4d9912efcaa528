"""Small files in the formats that imports read."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import Table


def detections(n: int = 4, **columns: Any) -> Table:
    """Rows of a catalogue, two detections to a source."""
    number = np.arange(n)
    source = number // 2
    table = Table(
        {
            "DETID": 101234567010000 + number,
            "SRCID": 201234567010000 + source,
            "IAUNAME": [f"4XMM J{i:06d}.0-000000" for i in source],
            "OBS_ID": [f"{123456700 + i % 2:010d}" for i in number],
            "RA": 10.0 + source * 1e-3,
            "DEC": -20.0 + number * 1e-6,
        }
    )
    for name, values in columns.items():
        table[name] = values
    return table


@pytest.fixture
def catalogue_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a catalogue of so many rows, with these columns put in or replaced, less those left out."""

    def write(n: int = 4, *, without: str = "", **columns: Any) -> Path:
        path = tmp_path / "4xmmdr13_small.fits"
        table = detections(n, **columns)
        if without:
            table.remove_column(without)
        table.write(path, overwrite=True)
        return path

    return write


@pytest.fixture
def manifest_folder(tmp_path: Path, settings: Any) -> Path:
    """A run of the pipeline: two sources, one with a cut-out and a spectrum."""
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "run"
    folder.mkdir()
    products = [
        _product(folder, "cutout", "a.png", "image/png", b"png of a"),
        _product(folder, "spectrum", "a.json", "application/json", b'{"schema": "claxson.spectrum/1"}'),
    ]
    sources = [_source("CLX J000000.0+000000", products), _source("CLX J000001.0+000000", [])]
    rewrite(folder, lambda _: _frame(sources))
    return folder


def rewrite(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest in place (or put another in its stead)."""
    file = folder / "manifest.json"
    raw = json.loads(file.read_text()) if file.exists() else {}
    changed = change(raw)
    file.write_text(json.dumps(raw if changed is None else changed))


def _frame(sources: list[dict[str, Any]]) -> dict[str, Any]:
    observation = {"obsid": "0123456701", "target": "A field", "cameras": {"PN": {"exposure_s": 1e4}}}
    return {
        "schema": "claxson.manifest/1",
        "simulated": False,
        "observations": [observation],
        "sources": sources,
    }


def _source(name: str, products: list[dict[str, Any]]) -> dict[str, Any]:
    features = {"hr1": 0.25, "hr2": None, "gal_lat_deg": -12.5}
    return {
        "name": name,
        "ra_deg": 10.0,
        "dec_deg": -20.0,
        "pos_err_arcsec": 1.5,
        "simulated": False,
        "features": features,
        "detections": [{"obsid": "0123456701", "features": features}],
        "products": products,
    }


def _product(folder: Path, kind: str, path: str, media_type: str, content: bytes) -> dict[str, Any]:
    (folder / path).write_bytes(content)
    return {
        "kind": kind,
        "obsid": "0123456701",
        "path": path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "media_type": media_type,
        "meta": {"pixel_arcsec": 4.35},
    }
