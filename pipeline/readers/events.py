"""EPIC event lists: PPS files and lists that SAS tasks have filtered already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EmptyEventList, MissingKeyword, UnknownInstrument
from pipeline.measure.goodtime import GoodTime, good_time, intersect
from pipeline.readers.fitsfile import column, opened_fits, require_hdu
from pipeline.readers.skyframe import SkyFrame

CAMERAS: Final = {"EPN": "PN", "EMOS1": "M1", "EMOS2": "M2"}
MJD_REFERENCE: Final = 50814.0
SHUT: Final = ("closed", "calclosed", "calthin1", "calthin2", "calmedium", "calthick", "calopen")


@dataclass(frozen=True, eq=False)
class EventList:
    """One exposure of one EPIC camera.

    Attributes
    ----------
    name : str
        File name, for messages.
    obsid, camera, exposure_id, filter_name, target : str
        From the header; camera is ``PN``, ``M1`` or ``M2``.
    ra_pnt_deg, dec_pnt_deg : float
        Pointing, deg.
    simulated : bool
        True when the header says SIMULATD = T.
    frame : SkyFrame
        Sky frame of `x` and `y`.
    time : ndarray of shape (n,), float64
        Arrival times in s (TT) since MJD 50814.0, not barycentred.
    x, y : ndarray of shape (n,), float64
        Sky pixels of 0.05 arcsec.
    pi_ev : ndarray of shape (n,), float64
        Energies in eV.
    flag, pattern, ccd : ndarray of shape (n,), int64
        Quality flags, event patterns, CCD numbers.
    good_times : dict of int to GoodTime
        Per CCD, the intersection of all its interval tables in the file.
    live_fraction : dict of int to float
        Per CCD, live time over good time (1 where the header is silent).
    """

    name: str
    obsid: str
    camera: str
    exposure_id: str
    filter_name: str
    target: str
    ra_pnt_deg: float
    dec_pnt_deg: float
    simulated: bool
    frame: SkyFrame
    time: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    pi_ev: NDArray[np.float64]
    flag: NDArray[np.int64]
    pattern: NDArray[np.int64]
    ccd: NDArray[np.int64]
    good_times: dict[int, GoodTime]
    live_fraction: dict[int, float]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def good_seconds(self) -> float:
        """Good time of the CCD that has most of it, in s."""
        return max((intervals.seconds for intervals in self.good_times.values()), default=0.0)


def read_events(path: Path) -> EventList:
    """Read an EPIC imaging event list.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped, with an HDU ``EVENTS``.

    Returns
    -------
    EventList
        Arrays in native byte order; the file is not changed.

    Raises
    ------
    TruncatedFits, UnreadableFile, MissingHdu, MissingColumn, MissingKeyword
        What the file lacks.
    UnknownInstrument
        Not an EPIC camera, a timing or burst mode, which has no image, or a closed filter wheel.
    EmptyEventList
        The list has no rows.
    """
    with opened_fits(path) as hdus:
        table = require_hdu(hdus, "EVENTS", path)
        header = table.header
        camera = _camera(hdus, path)
        columns = _columns(table, path)
        if len(columns["time"]) == 0:
            raise EmptyEventList(f"{path.name}[EVENTS]: the list has no events; leave the file out")
        return EventList(
            name=path.name,
            obsid=str(_keyword(hdus, "OBS_ID", path)).strip(),
            camera=camera,
            exposure_id=str(header.get("EXPIDSTR", "")).strip(),
            filter_name=str(header.get("FILTER", "")).strip(),
            target=str(header.get("OBJECT", "")).strip(),
            ra_pnt_deg=float(_keyword(hdus, "RA_PNT", path)),
            dec_pnt_deg=float(_keyword(hdus, "DEC_PNT", path)),
            simulated=any(bool(hdu.header.get("SIMULATD", False)) for hdu in hdus[:2]),
            frame=_frame(header, table, path),
            good_times=_good_times(hdus, path) or _whole_span(columns["time"], columns["ccd"]),
            live_fraction=_live_fractions(header),
            **columns,
        )


def _keyword(hdus: Any, name: str, path: Path) -> Any:
    for header in (hdus["EVENTS"].header, hdus[0].header):
        if name in header:
            return header[name]
    raise MissingKeyword(f"{path.name}[EVENTS]: no keyword {name}; is this an XMM-Newton event list?")


def _camera(hdus: Any, path: Path) -> str:
    instrument = str(_keyword(hdus, "INSTRUME", path)).strip()
    if instrument not in CAMERAS:
        raise UnknownInstrument(
            f"{path.name}: INSTRUME is {instrument}, not one of {', '.join(CAMERAS)}; leave it out"
        )
    header = hdus["EVENTS"].header
    mode = str(header.get("DATAMODE", hdus[0].header.get("DATAMODE", "IMAGING"))).strip().upper()
    submode = str(header.get("SUBMODE", "")).strip()
    # A burst is a timing mode; MOS lists of the outer CCDs in a timing exposure are images all the same.
    if mode == "TIMING" or (submode.startswith("Fast") and "X" not in hdus["EVENTS"].columns.names):
        raise UnknownInstrument(
            f"{path.name}: a timing or burst mode list ({submode or mode}) has no image; leave it out"
        )
    shutter = str(header.get("FILTER", "")).strip()
    if shutter.lower() in SHUT:
        raise UnknownInstrument(f"{path.name}: the filter wheel was {shutter}, no sky is seen; leave it out")
    return CAMERAS[instrument]


def _columns(table: Any, path: Path) -> dict[str, Any]:
    wanted = {"time": "TIME", "x": "X", "y": "Y", "pi_ev": "PI"}
    real = {key: column(table, name, path).astype(np.float64) for key, name in wanted.items()}
    whole = {"flag": "FLAG", "pattern": "PATTERN", "ccd": "CCDNR"}
    counts = {key: column(table, name, path).astype(np.int64) for key, name in whole.items()}
    return real | counts


def _frame(header: Any, table: Any, path: Path) -> SkyFrame:
    """The frame from REFX*/REFY*, which every task copies; else from the table's own TC* keywords."""
    if "REFXCRVL" in header:
        axes = [[float(header[f"REF{axis}{key}"]) for axis in "XY"] for key in ("CRVL", "CRPX", "CDLT")]
    else:
        numbers = [table.columns.names.index(name) + 1 for name in ("X", "Y")]
        missing = [f"TCRVL{n}" for n in numbers if f"TCRVL{n}" not in header]
        if missing:
            raise MissingKeyword(
                f"{path.name}[EVENTS]: no REFXCRVL and no {missing[0]}; the sky frame is lost"
            )
        axes = [[float(header[f"{key}{n}"]) for n in numbers] for key in ("TCRVL", "TCRPX", "TCDLT")]
    value, pixel, step = [(pair[0], pair[1]) for pair in axes]
    return SkyFrame(value, pixel, step)


def _good_times(hdus: Any, path: Path) -> dict[int, GoodTime]:
    """Per CCD: STDGTInn, further narrowed by the GTInnnnn tables that evselect adds (keyword CCDID)."""
    found: dict[int, GoodTime] = {}
    for hdu in hdus[1:]:
        ccd = _ccd_of_gti(hdu)
        if ccd is None:
            continue
        intervals = good_time(column(hdu, "START", path), column(hdu, "STOP", path))
        found[ccd] = intersect(found[ccd], intervals) if ccd in found else intervals
    return found


def _ccd_of_gti(hdu: Any) -> int | None:
    if hdu.name.startswith("STDGTI") and hdu.name[6:].isdigit():
        return int(hdu.name[6:])
    if hdu.name.startswith("GTI") and hdu.name[3:].isdigit() and "CCDID" in hdu.header:
        return int(hdu.header["CCDID"])
    return None


def _whole_span(time: NDArray[np.float64], ccd: NDArray[np.int64]) -> dict[int, GoodTime]:
    if len(time) == 0:
        return {}
    # A list without interval tables is taken as exposed from its first to its last event.
    intervals = good_time(time.min(), np.nextafter(time.max(), np.inf))
    return {int(number): intervals for number in np.unique(ccd)}


def _live_fractions(header: Any) -> dict[int, float]:
    ccds = [n for n in range(1, 13) if float(header.get(f"ONTIME{n:02d}", 0.0)) > 0]
    fractions = {n: float(header.get(f"LIVETI{n:02d}", 0.0)) / float(header[f"ONTIME{n:02d}"]) for n in ccds}
    return {n: min(value, 1.0) for n, value in fractions.items() if value > 0}
