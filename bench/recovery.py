"""What a simulation gives back from end to end: fluxes beside the truth of the files that were written.

The catalogue's fluxes are rates over factors of one spectrum (index 1.7, 3e20 cm-2), whatever the source's
own is; so the truth here is what its own spectrum gives by the same factors, not its flux. Sources that vary
are told apart: their truth is the mean of the exposure, of which a fifth is lost to background flares.
"""

import csv
import json
import math
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.pipeline_run import python
from pipeline.bands import energy_conversion
from pipeline.simulate.files import FILTER
from pipeline.simulate.spectra import Spectrum, photon_spectrum
from pipeline.simulate.telescope import CAMERAS, band_matrix

NEIGHBOUR_ARCSEC = 60.0
CLASSES = ((0.0, 30.0), (30.0, 100.0), (100.0, 300.0), (300.0, 3000.0))
Row = dict[str, str]


def spectrum_of(row: Row) -> Spectrum:
    names = ("parameter", "nh_1e22", "partial_nh_1e22", "covering", "iron_ew_kev")
    return Spectrum(row["continuum"], *(float(row[name]) for name in names))


def true_flux(row: Row) -> float:
    """By the factors of the catalogue, mean of the cameras, which agree within a few per cent."""
    photons = float(row["flux_8_cgs"]) * photon_spectrum(spectrum_of(row))
    fluxes = [np.sum(photons @ band_matrix(c) / energy_conversion(c.name, FILTER)) for c in CAMERAS]
    weights = [float(row[f"expected_counts_{c.name.lower()}"]) for c in CAMERAS]
    return float(np.average(fluxes, weights=weights))


def is_alone(row: Row, rows: list[Row]) -> bool:
    """No other source whose wings reach its circle."""
    here = np.array([(float(one["ra_deg"]), float(one["dec_deg"])) for one in rows])
    ra, dec = float(row["ra_deg"]), float(row["dec_deg"])
    far = np.hypot((here[:, 0] - ra) * math.cos(math.radians(dec)), here[:, 1] - dec) * 3600.0
    return bool(np.sum(far < NEIGHBOUR_ARCSEC) == 1)


def pairs(truth: Path, manifest: Path) -> np.ndarray:
    """True and measured flux, error, counts, and whether it is constant, of each source that stands alone."""
    rows = list(csv.DictReader(truth.read_text().splitlines()))
    sources = {one["name"]: one for one in json.loads(manifest.read_text())["sources"]}
    found = []
    for row in rows:
        features = sources[row["name"]]["features"] if row["name"] in sources else {}
        if features.get("flux_8_cgs") is not None and is_alone(row, rows):
            numbers = [features[name] for name in ("flux_8_cgs", "flux_8_cgs_err", "counts_8")]
            found.append([true_flux(row), *numbers, row["kind"] == "constant"])
    return np.array(found)


def expected_counts(found: np.ndarray) -> np.ndarray:
    """Counts that the truth would give: to sort by measured ones would pick upward chances."""
    return found[:, 3] * found[:, 0] / np.where(found[:, 1] > 0, found[:, 1], np.nan)


def report(fields: int = 12) -> str:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        settings = ("--seed", "31", "--observations", str(fields), "--sources", "60", "--reference", "0")
        python("-m", "pipeline", "simulate", "--out", str(out / "sim"), *settings)
        folders = sorted(str(path) for path in (out / "sim").iterdir() if path.is_dir())
        python("-m", "pipeline", "run", *folders, "--out", str(out / "run"), "--jobs", "2")
        return "\n".join(tables(pairs(out / "sim" / "truth.csv", out / "run" / "manifest.json")))


def tables(found: np.ndarray) -> list[str]:
    steady = found[:, 4] == 1
    return [*table(found[steady], "constant"), *table(found[~steady], "variable")]


def table(found: np.ndarray, kind: str) -> list[str]:
    counts = expected_counts(found)
    rows = []
    for low, high in CLASSES:
        chosen = found[(counts >= low) & (counts < high)]
        if len(chosen) < 10:
            continue
        true, flux, error = chosen.T[:3]
        pulls = (flux - true) / error
        weight = 1.0 / error**2
        ratio = np.sum(weight * flux * true) / np.sum(weight * true**2)
        uncertain = 1.0 / np.sqrt(np.sum(weight * true**2))
        rows.append(
            f"| {kind}, {low:.0f}-{high:.0f} counts, {len(chosen)} sources | measured / true {ratio:.3f} ± "
            f"{uncertain:.3f}; pulls {pulls.mean():+.2f} ± {pulls.std():.2f}, "
            f"{1.4826 * np.median(np.abs(pulls - np.median(pulls))):.2f} by median |"
        )
    return rows


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables(pairs(Path(sys.argv[1]), Path(sys.argv[2])))) + "\n")
