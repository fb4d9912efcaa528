"""Of which observation, exposure and source a product of the archive is, by its header and its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.time import Time

from pipeline.errors import NotAPpsName
from pipeline.readers.events import CAMERAS, MJD_REFERENCE
from pipeline.readers.fitsfile import opened_fits
from pipeline.readers.ppsnames import parse_pps_name
from pipeline.readers.skyframe import SkyFrame


@dataclass(frozen=True)
class Origin:
    """Where a product comes from.

    Attributes
    ----------
    name, obsid, target, camera, exposure_id, filter_name : str
        File name, and what the header says; empty where it is silent.
    pointing : tuple of float
        Right ascension and declination, deg; NaN where the header is silent.
    span_mjd : tuple of float
        Begin and end, MJD (TT); NaN where the header is silent.
    simulated : bool
        True when the header says SIMULATD = T.
    number : int
        Number of the source in the archive's list; 0 when the name does not say.
    place : tuple of float or None
        Right ascension and declination of the extraction region's first included shape, deg.
    """

    name: str
    obsid: str
    target: str
    camera: str
    exposure_id: str
    filter_name: str
    pointing: tuple[float, float]
    span_mjd: tuple[float, float]
    simulated: bool
    number: int
    place: tuple[float, float] | None


def read_origin(path: Path) -> Origin:
    """Read where a product comes from.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped.

    Returns
    -------
    Origin

    Raises
    ------
    TruncatedFits, UnreadableFile, MalformedFits
        The file is damaged.
    """
    with opened_fits(path) as hdus:
        header = _Cards(hdus)
        instrument = header.text("INSTRUME")
        return Origin(
            name=path.name,
            obsid=header.text("OBS_ID"),
            target=header.text("OBJECT"),
            camera=CAMERAS.get(instrument, instrument),
            exposure_id=header.text("EXPIDSTR"),
            filter_name=header.text("FILTER"),
            pointing=(header.number("RA_PNT"), header.number("DEC_PNT")),
            span_mjd=(header.date("DATE-OBS", "TSTART"), header.date("DATE-END", "TSTOP")),
            simulated=header.text("SIMULATD") == "True",
            number=_number(path.name),
            place=_place(hdus, header),
        )


@dataclass(frozen=True, eq=False)
class _Cards:
    """The first two headers of a file as one."""

    hdus: Any

    def text(self, name: str) -> str:
        found = (hdu.header[name] for hdu in reversed(self.hdus[:2]) if name in hdu.header)
        return str(next(found, "")).strip()

    def number(self, name: str) -> float:
        try:
            return float(self.text(name) or np.nan)
        except ValueError:
            return np.nan

    def date(self, name: str, seconds: str) -> float:
        try:
            return float(Time(self.text(name), format="isot", scale="tt").mjd)
        except ValueError:
            return MJD_REFERENCE + self.number(seconds) / 86400.0


def _number(name: str) -> int:
    try:
        return parse_pps_name(name).source
    except NotAPpsName:
        return 0


def _place(hdus: Any, header: _Cards) -> tuple[float, float] | None:
    centre = region_centre(hdus)
    axes = [tuple(header.number(f"REF{axis}{key}") for axis in "XY") for key in ("CRVL", "CRPX", "CDLT")]
    if centre is None or not np.all(np.isfinite(axes)) or 0.0 in axes[2]:
        return None
    value, pixel, step = ((pair[0], pair[1]) for pair in axes)
    ra, dec = SkyFrame(value, pixel, step).to_sky(*centre)
    return float(ra[0]), float(dec[0])


def region_centre(hdus: Any) -> tuple[float, float] | None:
    """Middle of the first included shape of a product's extraction region, in sky pixels."""
    for hdu in hdus[1:]:
        names = getattr(getattr(hdu, "columns", None), "names", ())
        if not (hdu.name.startswith("REG") and {"SHAPE", "X", "Y"} <= set(names)):
            continue
        for row in hdu.data:
            if not str(row["SHAPE"]).startswith("!"):
                return _first(row["X"]), _first(row["Y"])
    return None


def _first(value: Any) -> float:
    return float(value[0] if hasattr(value, "__len__") else value)
