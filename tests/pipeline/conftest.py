"""Small event lists, written in the test, in the form of the real ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

ARCSEC_PER_PIXEL = 0.05
CENTRE = 25921.0
START = 1.0e8
RA, DEC = 150.0, 2.0
REFERENCE = {"CTYP": ("RA---TAN", "DEC--TAN"), "CRPX": (25921, 25921), "CRVL": (RA, DEC)}


@dataclass(frozen=True)
class Recipe:
    """What to put in an event list: sources as (east, north, counts) in arcsec from the pointing."""

    sources: tuple[tuple[float, float, int], ...] = ((0.0, 0.0, 300),)
    background: int = 2000
    seconds: float = 10_000.0
    instrument: str = "EMOS1"
    cards: dict[str, object] = field(default_factory=dict)
    bad_patterns: int = 5
    seed: int = 1


def event_columns(recipe: Recipe) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(recipe.seed)
    x, y = (rng.uniform(-600.0, 600.0, recipe.background) for _ in range(2))
    for east, north, counts in recipe.sources:
        x = np.append(x, rng.normal(-east, 5.0, counts))
        y = np.append(y, rng.normal(north, 5.0, counts))
    number = len(x)
    pattern = np.zeros(number, dtype=np.uint8)
    pattern[: recipe.bad_patterns] = 31
    return {
        "TIME": START + np.sort(rng.uniform(0.0, recipe.seconds, number)),
        "X": (CENTRE + x / ARCSEC_PER_PIXEL).astype(np.int32),
        "Y": (CENTRE + y / ARCSEC_PER_PIXEL).astype(np.int32),
        "PI": (200 + rng.exponential(1200.0, number)).astype(np.int16),
        "FLAG": np.zeros(number, dtype=np.int32),
        "PATTERN": pattern,
        "CCDNR": np.ones(number, dtype=np.uint8),
    }


def table_hdu(columns: dict[str, np.ndarray], name: str) -> fits.BinTableHDU:
    formats = {"f8": "D", "i4": "J", "i2": "I", "u1": "B"}
    made = [fits.Column(key, formats[value.dtype.str[1:]], array=value) for key, value in columns.items()]
    return fits.BinTableHDU.from_columns(made, name=name)


def event_hdus(recipe: Recipe) -> fits.HDUList:
    events = table_hdu(event_columns(recipe), "EVENTS")
    header = {"INSTRUME": recipe.instrument, "OBS_ID": "0000000001", "EXPIDSTR": "S001", "FILTER": "Medium"}
    header |= {"OBJECT": "TEST FIELD", "RA_PNT": RA, "DEC_PNT": DEC, "DATAMODE": "IMAGING"}
    header |= {"ONTIME01": recipe.seconds, "LIVETI01": recipe.seconds}
    for key, (first, second) in REFERENCE.items():
        header |= {f"REFX{key}": first, f"REFY{key}": second}
    header |= {"REFXCDLT": -ARCSEC_PER_PIXEL / 3600, "REFYCDLT": ARCSEC_PER_PIXEL / 3600, **recipe.cards}
    events.header.update(header)
    limits = {"START": np.array([START]), "STOP": np.array([START + recipe.seconds])}
    return fits.HDUList([fits.PrimaryHDU(), events, table_hdu(limits, "STDGTI01")])


WriteEvents = Callable[..., Path]


@pytest.fixture
def write_events(tmp_path: Path) -> WriteEvents:
    """Writes an event list into a folder and gives its path."""

    def write(recipe: Recipe | None = None, folder: str = "0000000001", name: str = "M1EVLI.fits") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        event_hdus(recipe or Recipe()).writeto(path)
        return path

    return write


@pytest.fixture
def recipe() -> type[Recipe]:
    """The class of recipes, for tests that need an unusual list."""
    return Recipe


@pytest.fixture
def field_folder(write_events: WriteEvents, tmp_path: Path) -> Path:
    """A folder with one MOS1 list and two listed sources."""
    path = write_events(Recipe(sources=((0.0, 0.0, 300), (200.0, 100.0, 80))))
    second = (RA + 200.0 / 3600 / np.cos(np.deg2rad(DEC)), DEC + 100.0 / 3600)
    rows = f"name,ra_deg,dec_deg\n,{RA},{DEC}\n,{second[0]},{second[1]}\n"
    (path.parent / "0000000001_sources.csv").write_text(rows)
    return path.parent
