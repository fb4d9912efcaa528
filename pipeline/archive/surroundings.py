"""What other telescopes saw about the X-ray sources of an observation, and which galaxies lie there.

Optical, infrared and ultraviolet objects come from the CDS cross-match service, galaxies from HECATE
(Kovlakas et al. 2021, MNRAS 506, 1896) at VizieR, which has both distances and sizes.
"""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np

from pipeline.archive.observations import votable_rows
from pipeline.archive.transfer import Form, Line
from pipeline.errors import ArchiveRefused
from pipeline.measure.positions import chord, unit_vectors
from pipeline.products.files import write_atomically
from pipeline.readers.tables import COUNTERPART_COLUMNS, PARALLAX_COLUMNS, Position

MATCH_ARCSEC: Final = 10.0
GALAXY_RADIUS_DEG: Final = 1.5
GALAXY_TABLE: Final = "J/MNRAS/506/1896/hecate"
MORE_COLUMNS: Final = ("gmag", "jmag", "kmag", "fuvmag", "nuvmag", *PARALLAX_COLUMNS)
_RA: Final = ("RA_ICRS", "RAdeg", "RAJ2000", "ra")
_DEC: Final = ("DE_ICRS", "DEdeg", "DEJ2000", "dec")
_GALAXY: Final = {
    "name": ("objname", "HyperLEDA", "PGC"),
    "ra_deg": _RA,
    "dec_deg": _DEC,
    "radius_arcmin": ("R1", "MajAxis"),
    "distance_mpc": ("Dist", "D"),
}
Row = dict[str, str]


@dataclass(frozen=True)
class Survey:
    """A catalogue of the cross-match service.

    Attributes
    ----------
    name, table : str
        What people call it, and its name at VizieR.
    columns : dict of str to tuple of str
        Our columns, and the names that the service may give them.
    join_arcsec : float
        Largest distance to an object of an earlier survey that is the same object.
    """

    name: str
    table: str
    columns: dict[str, tuple[str, ...]]
    join_arcsec: float


SURVEYS: Final = (
    Survey(
        "Gaia DR3",
        "I/355/gaiadr3",
        {
            "bmag": ("BPmag", "phot_bp_mean_mag"),
            "rmag": ("RPmag", "phot_rp_mean_mag"),
            "gmag": ("Gmag", "phot_g_mean_mag"),
            "parallax_mas": ("Plx", "parallax"),
            "parallax_err_mas": ("e_Plx", "parallax_error"),
            "proper_motion_masyr": ("PM", "pm"),
        },
        0.0,
    ),
    Survey("AllWISE", "II/328/allwise", {"w1mag": ("W1mag",), "w2mag": ("W2mag",)}, 2.0),
    Survey("2MASS", "II/246/out", {"jmag": ("Jmag",), "kmag": ("Kmag",)}, 1.5),
    Survey("GALEX", "II/335/galex_ais", {"fuvmag": ("FUVmag",), "nuvmag": ("NUVmag",)}, 3.0),
)
"""Gaia's BP and RP stand for the optical b and r, from which they differ by a few tenths of a magnitude."""


def fetch_counterparts(line: Line, positions: list[Position], folder: Path) -> list[Path]:
    """Fetch the objects within ten arcsec of some positions into ``counterparts.csv``.

    Parameters
    ----------
    line : Line
        The line to the services.
    positions : list of Position
        X-ray sources.
    folder : Path
        Where the file goes.

    Returns
    -------
    list of Path
        The file; empty without positions.

    Raises
    ------
    NoNetwork, ArchiveRefused, UnknownProduct
        What came instead.
    """
    if not positions:
        return []
    objects: list[Row] = []
    for survey in SURVEYS:
        _join(objects, _match(line, survey, positions, folder), survey.join_arcsec)
    columns = ("ra_deg", "dec_deg", *COUNTERPART_COLUMNS, *MORE_COLUMNS)
    return [_write(folder / "counterparts.csv", columns, objects)]


def _match(line: Line, survey: Survey, positions: list[Position], folder: Path) -> list[Row]:
    """Rows of one survey near the positions, in our columns; each object once."""
    uploaded = "src,src_ra,src_dec\n" + "".join(
        f"{number},{one.ra_deg:.6f},{one.dec_deg:.6f}\n" for number, one in enumerate(positions)
    )
    fields = {"request": "xmatch", "distMaxArcsec": f"{MATCH_ARCSEC:g}", "RESPONSEFORMAT": "csv"}
    fields |= {"colRA1": "src_ra", "colDec1": "src_dec", "cat2": f"vizier:{survey.table}"}
    content = line.read(line.services.xmatch, folder / ".xmatch", _form(fields, uploaded))
    text = content.decode("utf-8", "replace")
    reader = csv.DictReader(io.StringIO(text))
    if "angDist" not in (reader.fieldnames or ()):
        said = " ".join(text.split())[:200]
        raise ArchiveRefused(
            f"{line.services.xmatch}: the answer is no match table ({said!r}); try again later"
        )
    wanted = {"ra_deg": _RA, "dec_deg": _DEC, **survey.columns}
    rows = [{ours: _value(row, names) for ours, names in wanted.items()} for row in reader]
    return list({(row["ra_deg"], row["dec_deg"]): row for row in rows if row["ra_deg"]}.values())


def _form(fields: dict[str, str], table: str) -> Form:
    """A form with a file, as browsers send it."""
    border = uuid.uuid5(uuid.NAMESPACE_URL, table).hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="cat1"; filename="cat1.csv"\r\nContent-Type: text/csv'
    parts.append(f"--{border}\r\n{head}\r\n\r\n{table}\r\n--{border}--\r\n")
    return Form("".join(parts).encode(), f"multipart/form-data; boundary={border}")


def _value(row: Any, names: tuple[str, ...]) -> str:
    """The first of some columns that a row has, if it is a number."""
    text = next((str(row[name]).strip() for name in names if row.get(name) not in {None, ""}), "")
    try:
        return text if np.isfinite(float(text)) else ""
    except ValueError:
        return ""


def _join(objects: list[Row], found: list[Row], reach_arcsec: float) -> None:
    """Add what a survey found: to the nearest object within reach, else as an object of its own."""
    known = len(objects)
    places = _vectors(objects)
    for row, place in zip(found, _vectors(found), strict=True):
        far = np.linalg.norm(places - place, axis=1) if known and reach_arcsec else np.array([np.inf])
        nearest = int(np.argmin(far))
        if far[nearest] <= chord(reach_arcsec):
            objects[nearest] |= {k: v for k, v in row.items() if k not in {"ra_deg", "dec_deg"}}
        else:
            objects.append(row)


def _vectors(rows: list[Row]) -> Any:
    places = np.array([(float(row["ra_deg"]), float(row["dec_deg"])) for row in rows]).reshape(-1, 2)
    return unit_vectors(places[:, 0], places[:, 1])


def _write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())
    return path


def fetch_galaxies(line: Line, pointing: Position, folder: Path) -> list[Path]:
    """Fetch the nearby galaxies about a pointing into ``galaxies.csv``.

    Parameters
    ----------
    line : Line
        The line to the services.
    pointing : Position
        Where the telescope looked.
    folder : Path
        Where the file goes.

    Returns
    -------
    list of Path
        The file; galaxies without a size or a distance are left out.

    Raises
    ------
    NoNetwork, ArchiveRefused, UnknownProduct
        What came instead.
    """
    cone = f"CIRCLE('ICRS',{pointing.ra_deg:.6f},{pointing.dec_deg:.6f},{GALAXY_RADIUS_DEG})"
    query = f"SELECT * FROM \"{GALAXY_TABLE}\" WHERE 1=CONTAINS(POINT('ICRS',RAJ2000,DEJ2000),{cone})"  # noqa: S608
    asked = urlencode({"REQUEST": "doQuery", "LANG": "ADQL", "FORMAT": "votable", "QUERY": query})
    service = line.services.vizier
    rows = votable_rows(line.read(f"{service}?{asked}", folder / ".galaxies"), service)
    galaxies = [{ours: _text(row, names) for ours, names in _GALAXY.items()} for row in rows]
    whole = [row for row in galaxies if all(_value(row, (k,)) for k in _GALAXY if k != "name")]
    return [_write(folder / "galaxies.csv", tuple(_GALAXY), whole)]


def _text(row: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(row[name]).strip() for name in names if str(row.get(name, "")).strip()), "")
