"""Small spectra, responses, curves and maps, written in the test, in the form of the real ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

CHANNELS = 8
ENERGIES = 5


def spectrum_hdus(**cards: object) -> fits.HDUList:
    columns = [
        fits.Column("CHANNEL", "I", array=np.arange(CHANNELS)),
        fits.Column("COUNTS", "J", array=np.arange(CHANNELS) * 10),
        fits.Column("GROUPING", "I", array=[1, -1, -1, 1, -1, 0, 1, -1]),
        fits.Column("QUALITY", "I", array=[0, 0, 0, 0, 0, 5, 0, 2]),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    table.header.update({"TLMIN1": 0, "EXPOSURE": 1000.0, "BACKSCAL": 400.0, "BACKFILE": "none", **cards})
    return fits.HDUList([fits.PrimaryHDU(), table])


def area_hdus() -> fits.HDUList:
    low = 0.5 + np.arange(ENERGIES)
    columns = [
        fits.Column(name, "E", array=values)
        for name, values in (("ENERG_LO", low), ("ENERG_HI", low + 1), ("SPECRESP", 100.0 * low))
    ]
    return fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns, name="SPECRESP")])


def matrix_rows(form: str, first: int) -> list[fits.Column]:
    """Each energy i falls on channels i and i + 1 with 0.75 and 0.25; the first row has no group."""
    starts = np.arange(ENERGIES) + first
    groups = np.array([0, 1, 1, 1, 1])
    rows = np.empty(ENERGIES, dtype=object)
    rows[:] = [np.array([0.75, 0.25], dtype=np.float32) if n else np.zeros(1, np.float32) for n in groups]
    two = np.full(ENERGIES, 2)
    if form == "variable":
        starts, two = (to_objects([[v] for v in values]) for values in (starts, two))
    if form == "fixed":
        # Entries beyond N_GRP hold rubbish in real files.
        starts, two = (np.column_stack([v, np.full((ENERGIES, 2), 99)]) for v in (starts, two))
    kind = {"scalar": "I", "fixed": "3I", "variable": "PI()"}[form]
    return [
        fits.Column("N_GRP", "I", array=groups),
        fits.Column("F_CHAN", kind, array=starts),
        fits.Column("N_CHAN", kind, array=two),
        fits.Column("MATRIX", "PE()", array=rows),
    ]


def to_objects(rows: list[list[int]]) -> np.ndarray:
    made = np.empty(len(rows), dtype=object)
    made[:] = [np.array(row, dtype=np.int16) for row in rows]
    return made


def redistribution_hdus(
    form: str = "scalar", name: str = "MATRIX", first: int = 0, tlmin: bool = True
) -> fits.HDUList:
    low = 0.5 + np.arange(ENERGIES)
    energies = [fits.Column("ENERG_LO", "E", array=low), fits.Column("ENERG_HI", "E", array=low + 1)]
    matrix = fits.BinTableHDU.from_columns([*energies, *matrix_rows(form, first)], name=name)
    if tlmin:
        matrix.header["TLMIN4"] = first
    edges = np.arange(CHANNELS)
    bounds = [
        fits.Column("CHANNEL", "I", array=edges + first),
        fits.Column("E_MIN", "E", array=0.5 + edges),
        fits.Column("E_MAX", "E", array=1.5 + edges),
    ]
    return fits.HDUList([fits.PrimaryHDU(), matrix, fits.BinTableHDU.from_columns(bounds, name="EBOUNDS")])


def rate_hdus(net: bool = True) -> fits.HDUList:
    time = 1.0e8 + 100.0 * np.arange(6)
    rate = np.array([1.0, 2.0, np.nan, 2.0, 1.0, 1.0])
    columns = [
        fits.Column("TIME", "D", array=time),
        fits.Column("RATE", "E", array=rate),
        fits.Column("ERROR", "E", array=np.full(6, 0.1)),
    ]
    if net:
        columns.append(fits.Column("FRACEXP", "E", array=np.where(np.isnan(rate), 0.0, 0.9)))
        columns.append(fits.Column("BACKV", "E", array=np.full(6, 0.2)))
    table = fits.BinTableHDU.from_columns(columns, name="RATE")
    table.header.update({"HDUCLAS2": "NET" if net else "TOTAL", "TIMEDEL": 100.0, "INSTRUME": "EPN"})
    limits = [
        fits.Column("START", "D", array=[1.0e8 - 50.0, 1.0e8 + 300.0]),
        fits.Column("STOP", "D", array=[1.0e8 + 150.0, 1.0e8 + 550.0]),
    ]
    return fits.HDUList([fits.PrimaryHDU(), table, fits.BinTableHDU.from_columns(limits, name="GTI00003")])


def map_hdus(value: float = 1.0) -> fits.HDUList:
    image = fits.PrimaryHDU(np.full((4, 4), value, dtype=np.float32))
    cards = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.0, "CRVAL2": 2.0}
    image.header.update({**cards, "CRPIX1": 2.0, "CRPIX2": 2.0, "CDELT1": -0.001, "CDELT2": 0.001})
    return fits.HDUList([image])


def catalogue_hdus() -> fits.HDUList:
    columns = [
        fits.Column("RA", "D", unit="deg", array=[10.0, 11.0]),
        fits.Column("Dec", "D", unit="deg", array=[-1.0, 1.0]),
        fits.Column("EP_8_FLUX", "E", unit="erg/cm^2/s", array=[1e-14, np.nan]),
        fits.Column("OBS_ID", "10A", array=["0123456701", ""]),
    ]
    return fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns, name="SRCLIST")])


MAKERS = {
    "spectrum": spectrum_hdus,
    "area": area_hdus,
    "redistribution": redistribution_hdus,
    "rate": rate_hdus,
    "map": map_hdus,
    "catalogue": catalogue_hdus,
}


@pytest.fixture
def write_product(tmp_path: Path) -> Callable[..., Path]:
    """Writes a product of a kind, made with the given settings, and gives its path."""

    def write(kind: str, name: str = "product.fits", **settings: object) -> Path:
        path = tmp_path / name
        MAKERS[kind](**settings).writeto(path)
        return path

    return write
