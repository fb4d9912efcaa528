"""Spectra that lie beside the events, with their responses, are fitted and shown."""

import json
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.fit.models import photons_in_bins
from pipeline.run import RunRequest, run

EDGES = np.linspace(0.3, 10.0, 98)
LOW, HIGH = EDGES[:-1], EDGES[1:]
NUMBER = len(LOW)
SECONDS = 10_000.0


def table(name: str, columns: dict[str, np.ndarray], **cards: object) -> fits.BinTableHDU:
    kinds = {"f": "D", "i": "J"}
    made = [fits.Column(key, kinds[v.dtype.kind], array=v) for key, v in columns.items()]
    hdu = fits.BinTableHDU.from_columns(made, name=name)
    hdu.header.update(cards)
    return hdu


def write(path: Path, *tables: fits.BinTableHDU) -> None:
    fits.HDUList([fits.PrimaryHDU(), *tables]).writeto(path)


def write_response(folder: Path) -> None:
    energies = {"ENERG_LO": LOW, "ENERG_HI": HIGH}
    channels = np.arange(NUMBER)
    one = np.ones(NUMBER, dtype=np.int64)
    rows = {**energies, "N_GRP": one, "F_CHAN": channels, "N_CHAN": one, "MATRIX": np.ones(NUMBER)}
    bounds = table("EBOUNDS", {"CHANNEL": channels, "E_MIN": LOW, "E_MAX": HIGH})
    write(folder / "m1.rmf", table("MATRIX", rows, TLMIN4=0), bounds)
    areas = table("SPECRESP", {**energies, "SPECRESP": np.full(NUMBER, 500.0)})
    write(folder / "P0000000001M1S001SRCARF0001.FTZ", areas)


def write_spectrum(folder: Path, name: str, index: float, **cards: object) -> None:
    rng = np.random.default_rng(3)
    photons = 4e-4 * photons_in_bins("powerlaw", index, 0.05, (LOW, HIGH)) * 500.0 * SECONDS
    columns = {"CHANNEL": np.arange(NUMBER), "COUNTS": rng.poisson(photons)}
    header = {"INSTRUME": "EMOS1", "EXPOSURE": SECONDS, "RESPFILE": "M1.RMF", "TLMIN1": 0, **cards}
    write(folder / name, table("SPECTRUM", columns, **header))


@pytest.fixture
def with_list(field_folder: Path) -> Path:
    """The field, its sources numbered by a list of the archive instead of named by a table."""
    next(field_folder.glob("*sources.csv")).unlink()
    columns = {"RA": np.array([150.0]), "DEC": np.array([2.0]), "SRC_NUM": np.array([1])}
    write(field_folder / "P0000000001EPX000OBSMLI0000.FTZ", table("SRCLIST", columns))
    write_response(field_folder)
    return field_folder


def spectrum_of(manifest: dict, out: Path) -> dict:
    product = next(p for p in manifest["sources"][0]["products"] if p["kind"] == "spectrum")
    return json.loads((out / product["path"]).read_text())


def test_a_spectrum_of_the_archive_gives_the_index(with_list: Path, tmp_path: Path) -> None:
    write_spectrum(with_list, "P0000000001M1S001SRSPEC0001.FTZ", 2.6)
    manifest = run(RunRequest((with_list,), tmp_path / "out")).manifest
    features = manifest["sources"][0]["features"]
    assert features["photon_index"] == pytest.approx(2.6, abs=4 * features["photon_index_err"])
    assert features["photon_index_err"] < 0.1
    document = spectrum_of(manifest, tmp_path / "out")
    assert [fit["camera"] for fit in document["fits"]] == ["M1"]
    assert document["facts"]["kt_kev_lower"] < document["facts"]["kt_kev"]


def test_a_spectrum_of_another_source_is_not_taken(with_list: Path, tmp_path: Path) -> None:
    write_spectrum(with_list, "P0000000001M1S001SRSPEC0002.FTZ", 2.6)
    assert "fits" not in spectrum_of(run(RunRequest((with_list,), tmp_path)).manifest, tmp_path)


def test_a_spectrum_without_its_matrix_is_a_note_and_no_failure(with_list: Path, tmp_path: Path) -> None:
    (with_list / "m1.rmf").unlink()
    write_spectrum(with_list, "P0000000001M1S001SRSPEC0001.FTZ", 2.6)
    manifest = run(RunRequest((with_list,), tmp_path / "out")).manifest
    assert manifest["failures"] == []
    assert any("M1.RMF is not here" in note for note in manifest["notes"])


def test_a_spectrum_that_its_response_does_not_fit_is_a_warning(with_list: Path, tmp_path: Path) -> None:
    write_spectrum(with_list, "P0000000001M1S001SRSPEC0001.FTZ", 2.6)
    with fits.open(with_list / "P0000000001M1S001SRSPEC0001.FTZ", mode="update") as hdus:
        hdus[1].data["CHANNEL"] += 1
    manifest = run(RunRequest((with_list,), tmp_path / "out")).manifest
    assert any("give the response" in warning for warning in manifest["sources"][0]["warnings"])
    assert manifest["failures"] == []


def test_a_model_lies_over_the_measured_spectrum(field_folder: Path, tmp_path: Path) -> None:
    manifest = run(RunRequest((field_folder,), tmp_path / "out")).manifest
    brightest = max(manifest["sources"], key=lambda source: source["features"]["counts_8"])
    document = spectrum_of({"sources": [brightest]}, tmp_path / "out")
    camera = document["cameras"][0]
    assert {len(camera[name]) for name in ("rate", "model", "residual", "energy_flux")} == {
        len(camera["rate"])
    }
    width = np.subtract(camera["energy_hi_kev"], camera["energy_lo_kev"])
    assert np.dot(camera["model"], width) == pytest.approx(np.dot(camera["rate"], width), rel=0.1)
    assert document["facts"]["photon_index"] == brightest["features"]["photon_index"]
