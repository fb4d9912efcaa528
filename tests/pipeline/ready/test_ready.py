"""Folders without an event list: products out of the archive's images, spectra and light curves."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from pipeline.bands import BANDS_KEV, NARROW_BANDS
from pipeline.config import RunConfig
from pipeline.errors import NoEventList
from pipeline.inventory import take_inventory
from pipeline.ready.observation import load_products
from pipeline.run import RunRequest, run

STEP = 4.0 / 3600.0
SIDE = 400
Write = Callable[..., Path]


def image_hdu(columns: Any, band: int) -> fits.PrimaryHDU:
    """What a band of an event list looks like binned to 4 arcsec."""
    low, high = (1000.0 * edge for edge in BANDS_KEV[band])
    keep = (columns["PI"] >= low) & (columns["PI"] < high) & (columns["PATTERN"] <= 12)
    pixels = [np.floor((columns[axis][keep] - 25921.0) / 80.0 + SIDE / 2).astype(int) for axis in "YX"]
    data = np.zeros((SIDE, SIDE), dtype=np.int32)
    np.add.at(data, tuple(pixels), 1)
    return with_sky(data, CONTENT="EPIC IMAGE", DSTYP1="PI", DSVAL1=f"{low:.0f}:{high:.0f}")


ABOUT = {"INSTRUME": "EMOS1", "OBS_ID": "0000000001", "EXPIDSTR": "S001", "FILTER": "Medium"}
ABOUT |= {"RA_PNT": 150.0, "DEC_PNT": 2.0, "OBJECT": "TEST FIELD"}
ABOUT |= {"DATE-OBS": "2001-03-03T09:46:40", "DATE-END": "2001-03-03T12:33:20"}


def with_sky(data: np.ndarray, **cards: object) -> fits.PrimaryHDU:
    hdu = fits.PrimaryHDU(data)
    for axis, kind, value, step in ((1, "RA---TAN", 150.0, -STEP), (2, "DEC--TAN", 2.0, STEP)):
        hdu.header.update({f"CTYPE{axis}": kind, f"CRVAL{axis}": value, f"CDELT{axis}": step})
        hdu.header[f"CRPIX{axis}"] = SIDE / 2 + 0.5
    hdu.header.update(ABOUT | cards)
    return hdu


@pytest.fixture
def both(field_folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The same field as an event list and as images, with the same exposure map."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "a_sources.csv").write_text(next(field_folder.glob("*.csv")).read_text())
    columns = fits.getdata(field_folder / "M1EVLI.fits", "EVENTS")
    for band in NARROW_BANDS:
        image_hdu(columns, band).writeto(pictures / f"P0000000001M1S001IMAGE_{band}000.FTZ")
    chart = with_sky(np.full((SIDE, SIDE), 1e4, dtype=np.float32), CONTENT="EPIC EXPOSURE MAP")
    for folder in (field_folder, pictures):
        chart.writeto(folder / "P0000000001M1S001EXPMAP8000.FTZ")
    return field_folder, pictures


def test_images_measure_what_their_events_measure(both: tuple[Path, Path], tmp_path: Path) -> None:
    events, images = (
        run(RunRequest((folder,), tmp_path / f"out{n}")).manifest["sources"] for n, folder in enumerate(both)
    )
    assert len(events) == len(images) == 2
    for one, other in zip(events, images, strict=True):
        for name in ("counts_8", "flux_8_cgs", "hr2"):
            error = one["features"][f"{name}_err"]
            # The same photons: only those on the edge of the circle can differ.
            assert other["features"][name] == pytest.approx(one["features"][name], abs=0.6 * error)


def test_images_give_a_cutout_that_names_its_files(both: tuple[Path, Path], tmp_path: Path) -> None:
    manifest = run(RunRequest((both[1],), tmp_path / "out")).manifest
    kinds = [product["kind"] for product in manifest["sources"][0]["products"]]
    assert kinds == ["cutout", "cutout_fits"]
    meta = manifest["sources"][0]["products"][0]["meta"]
    assert meta["made_of"] == ["P0000000001M1S001IMAGE_1000.FTZ"]
    assert "products of the archive were used" in " ".join(manifest["notes"])
    assert not manifest["failures"]


def test_a_band_that_is_missing_is_named(both: tuple[Path, Path]) -> None:
    next(both[1].glob("*IMAGE_3*")).unlink()
    with pytest.raises(NoEventList, match="bands 1, 2, 4, 5 were not used"):
        load_products(take_inventory(both[1]), RunConfig())


def curve_file(path: Path, number: int, rate: np.ndarray, **cards: object) -> None:
    columns = {
        "TIME": 1e8 + 100.0 * np.arange(len(rate)) + 50.0,
        "RATE": rate,
        "ERROR": np.sqrt(rate / 100.0),
    }
    made = [fits.Column(key, "D", array=values) for key, values in columns.items()]
    table = fits.BinTableHDU.from_columns(made, name="RATE")
    table.header.update(ABOUT | {"TIMEDEL": 100.0, "HDUCLAS2": "NET", "HDUCLAS1": "LIGHTCURVE"} | cards)
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path / f"P0000000001M1S001SRCTSR8{number:03X}.FTZ")


def source_list(path: Path, numbers: list[int]) -> None:
    values = {"RA": 150.0 + 0.05 * np.arange(len(numbers)), "DEC": np.full(len(numbers), 2.0)}
    made = [fits.Column(key, "D", array=one) for key, one in values.items()]
    made.append(fits.Column("SRC_NUM", "J", array=numbers))
    table = fits.BinTableHDU.from_columns(made, name="SRCLIST")
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path / "P0000000001EPX000OBSMLI0000.FTZ")


def test_curves_go_to_the_sources_of_their_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "curves"
    folder.mkdir()
    source_list(folder, [1, 20, 30])
    rng = np.random.default_rng(4)
    curve_file(folder, 1, rng.poisson(50, 200) / 100.0)
    curve_file(folder, 20, rng.poisson(np.where(np.arange(200) // 20 == 5, 200, 50)) / 100.0)
    sources = run(RunRequest((folder,), tmp_path / "out")).manifest["sources"]
    facts = [source["products"][0]["meta"]["facts"] for source in sources]
    assert [one["n_flares"] for one in facts] == [0, 1]
    assert sources[0]["features"]["chi2_prob"] > 1e-3 > sources[1]["features"]["chi2_prob"]
    assert sources[0]["features"]["flux_8_cgs"] is None


@pytest.mark.real_data
def test_gsn_069_erupts_in_the_curves_of_its_folder(real_data: Path, tmp_path: Path) -> None:
    (source,) = run(RunRequest((real_data / "gsn069",), tmp_path)).manifest["sources"]
    (product,) = source["products"]
    assert (source["ra_deg"], source["dec_deg"]) == pytest.approx((19.784, -34.191), abs=2e-3)
    assert source["features"]["chi2_prob"] == 0.0
    assert product["meta"]["facts"]["n_flares"] >= 4
    assert product["meta"]["made_of"][0] == "J011908-341131_lccorr_2.704.lc.gz"


@pytest.mark.real_data
def test_the_spectra_of_the_ulx_are_fitted_and_drawn(real_data: Path, tmp_path: Path) -> None:
    (source,) = run(RunRequest((real_data / "ngc7793_ulx4",), tmp_path)).manifest["sources"]
    document = json.loads((tmp_path / source["products"][0]["path"]).read_text())
    assert source["features"]["photon_index"] == pytest.approx(1.99, abs=0.03)
    (fit,) = document["fits"]
    # The flux of the fit, and that of the bands by the catalogue's factors, which take an index of 1.7.
    assert source["features"]["flux_8_cgs"] == pytest.approx(fit["flux_8_cgs"], rel=0.15)
    facts = document["facts"]
    assert facts["model_chi2"] == pytest.approx(facts["model_bins"], rel=0.4)
    assert [camera["camera"] for camera in document["cameras"]] == ["M1", "M2", "PN"]
