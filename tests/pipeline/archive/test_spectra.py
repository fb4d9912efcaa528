"""Spectra with their responses, and mosaics, from archives that replay documented answers."""

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.archive.fetching import fetch_observation
from pipeline.errors import UnknownObservation

OBSID = "0123456701"
PN = f"P{OBSID}PNS003SRSPEC0005.FTZ"
M1 = f"P{OBSID}M1S001SRSPEC0005.FTZ"


def spectrum(instrument: str, response: str, step: int) -> bytes:
    columns = [fits.Column(name, "J", array=np.arange(8)) for name in ("CHANNEL", "COUNTS")]
    table = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    table.header.update({"INSTRUME": instrument, "RESPFILE": response, "SPECDELT": step})
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(stream)
    return gzip.compress(stream.getvalue(), mtime=0)


def matrix() -> bytes:
    stream = io.BytesIO()
    fits.PrimaryHDU().writeto(stream)
    return stream.getvalue()


@pytest.fixture
def with_spectra(archive, reply, packed):
    """An archive with two spectra, a matrix for each, and one that is asked for twice."""
    files = {PN: spectrum("EPN", "epn_e3_ff20_sdY9.rmf", 5), M1: spectrum("EMOS1", "m1_e7_im_p0_c.rmf", 15)}
    files[f"P{OBSID}M1S001SRSPEC0006.FTZ"] = files[M1]
    archive.products = {"SRSPEC": [reply(packed(files), headers={"Content-Type": "application/x-tar"})]}
    archive.paths = {
        "/rmf/PN/epn_e3_ff20_sdY9_v21.0.rmf": [reply(matrix())],
        "/rmf/MOS/15eV/m1_e7_im_p0_c.rmf": [reply(matrix())],
    }
    return archive


def test_the_matrices_that_spectra_name_are_fetched_once(with_spectra, line, tmp_path: Path) -> None:
    fetch_observation(line, OBSID, tmp_path, lambda sentence: None)
    record = json.loads((tmp_path / OBSID / "fetched.json").read_text())
    names = [entry["file"] for entry in record["kinds"]["responses"]]
    assert names == ["epn_e3_ff20_sdY9.rmf", "m1_e7_im_p0_c.rmf"]
    assert record["kinds"]["responses"][0]["url"].endswith("/rmf/PN/epn_e3_ff20_sdY9_v21.0.rmf")
    assert len([url for url in with_spectra.asked if "m1_e7" in url]) == 1
    assert all((tmp_path / OBSID / name).exists() for name in names)


def test_a_matrix_that_is_nowhere_does_not_stop_the_rest(with_spectra, line, tmp_path: Path) -> None:
    del with_spectra.paths["/rmf/PN/epn_e3_ff20_sdY9_v21.0.rmf"]
    report = fetch_observation(line, OBSID, tmp_path, lambda sentence: None)
    assert [entry["file"] for entry in report.record["kinds"]["responses"]] == ["m1_e7_im_p0_c.rmf"]
    assert (tmp_path / OBSID / PN).exists()


def test_a_response_cannot_be_written_elsewhere(archive, line, reply, tmp_path: Path) -> None:
    content = spectrum("EPN", "../../evil.rmf", 5)
    single = reply(content, headers={"Content-Disposition": f"attachment; filename={PN}"})
    archive.products = {"SRSPEC": [single]}
    fetch_observation(line, OBSID, tmp_path, lambda sentence: None)
    assert not [url for url in archive.asked if "evil" in url]


def test_a_mosaic_is_said_to_be_one(archive, line, reply, events, packed, tmp_path: Path) -> None:
    files = {f"P01234567{number}PNS003PIEVLI0000.FTZ": events for number in (31, 32)}
    archive.products = {"PIEVLI": [reply(packed(files), headers={"Content-Type": "application/x-tar"})]}
    told: list[str] = []
    fetch_observation(line, OBSID, tmp_path, told.append)
    assert "a mosaic of 2 pointings (0123456731, 0123456732)" in told[-1]


def test_a_mosaic_without_products_of_its_own_is_explained(line, tmp_path: Path) -> None:
    with pytest.raises(UnknownObservation, match="numbers of its pointings, 0123456731 and up"):
        fetch_observation(line, OBSID, tmp_path, lambda sentence: None)
