"""FITS files of a simulated observation, named and laid out as the archive's pipeline products.

Format: XMM-Newton Data Files Handbook, chapter 8; keywords as in real products. Left out: RAWX, RAWY, PHA,
bad-pixel and offset tables. EXPOSUnn has one row per flare-curve bin instead of one per frame. The primary
and the main header carry SIMULATD = T.
"""

import gzip
import io

import numpy as np
from astropy.io import fits
from astropy.time import Time

from pipeline.simulate import detector
from pipeline.simulate.detector import PIXEL_ARCSEC, REFERENCE_PIXEL
from pipeline.simulate.events import EventList, FlareCurve, screened_live_time_s
from pipeline.simulate.observation import Observation
from pipeline.simulate.spectra import Floats
from pipeline.simulate.telescope import vignetting

MJD_REFERENCE = 50814.0
FILTER = "Medium"
PIXEL_DEG = PIXEL_ARCSEC / 3600
SKY_SIZE = 51840
MAP_SIZE = 648
MAP_BINNING = 80
MAP_REFERENCE_PIXEL = 324.50625
_GZIP_LEVEL = 5
_COLUMNS = (
    ("TIME", "D", "s", "time_s"),
    ("DETX", "I", "pixel", "det_x"),
    ("DETY", "I", "pixel", "det_y"),
    ("X", "J", "pixel", "x"),
    ("Y", "J", "pixel", "y"),
    ("PI", "I", "CHAN", "energy_ev"),
    ("FLAG", "J", None, "flag"),
    ("PATTERN", "B", None, "pattern"),
    ("CCDNR", "B", None, "chip"),
)


def product_name(observation: Observation, events: EventList, product: str) -> str:
    """Archive-style file name, e.g. P9900000101M1S001MIEVLI0000.FTZ; `product` is type and band (TTTTTTS)."""
    return f"P{observation.obsid}{events.camera.name}{events.camera.exposure_id}{product}000.FTZ"


def event_file(observation: Observation, events: EventList) -> bytes:
    """Gzipped event list: EVENTS, and EXPOSUnn and STDGTInn per chip."""
    chips = sorted(events.gtis_s)
    hdus = [fits.PrimaryHDU(header=_header(observation, events, "EPIC IMAGING MODE EVENT LIST"))]
    hdus.append(_events_hdu(observation, events))
    hdus += [_exposure_hdu(observation, events, chip) for chip in chips]
    hdus += [_gti_hdu(events.gtis_s[chip], f"STDGTI{chip:02d}") for chip in chips]
    return _packed(hdus)


def flare_file(observation: Observation, events: EventList, curve: FlareCurve) -> bytes:
    """Gzipped flare background curve: RATE with the cut FLCUTTHR, and SRC_GTIS."""
    header = _header(observation, events, "EPIC FLARE BACKGROUND TIMESERIES")
    columns = [
        fits.Column("TIME", "D", "s", array=curve.time_s),
        fits.Column("RATE", "E", "count/s", array=curve.rate),
        fits.Column("ERROR", "E", "count/s", array=curve.error),
        fits.Column("FRACEXP", "E", "fraction", array=curve.fraction_exposed),
        fits.Column("T_ELAPSED", "D", "s", array=curve.time_s - curve.time_s[0] + curve.bin_s / 2),
    ]
    rate = fits.BinTableHDU.from_columns(columns, header=header.copy(), name="RATE")
    rate.header.update(
        {"HDUCLASS": "OGIP", "HDUCLAS1": "LIGHTCURVE", "HDUCLAS2": "TOTAL", "HDUCLAS3": "RATE"}
    )
    rate.header["TIMEDEL"] = (curve.bin_s, "Light curve bin size")
    rate.header["FLCUTTHR"] = (curve.threshold, "Flare cut threshold")
    return _packed([fits.PrimaryHDU(header=header), rate, _gti_hdu(events.gtis_s[1], "SRC_GTIS")])


def exposure_file(observation: Observation, events: EventList, curve: FlareCurve) -> bytes:
    """Gzipped exposure map of band 8: live seconds times vignetting, 648 x 648 pixels of 4 arcsec.

    As in the archive, the time is what is left after the bins of the flare curve above FLCUTTHR are dropped.
    """
    header = _header(observation, events, "EPIC EXPOSURE MAP")
    scale = PIXEL_DEG * MAP_BINNING
    for axis, value in (("1", observation.pointing.ra_deg), ("2", observation.pointing.dec_deg)):
        header[f"CRPIX{axis}"], header[f"CRVAL{axis}"] = MAP_REFERENCE_PIXEL, value
        header[f"CDELT{axis}"] = -scale if axis == "1" else scale
        header[f"CUNIT{axis}"] = "deg"
    header["CTYPE1"], header["CTYPE2"], header["BUNIT"] = "RA---TAN", "DEC--TAN", "s"
    image = _exposure_map_s(observation, events, curve)
    # tenths of a second: real maps know no more, and smooth noise-free digits compress badly
    return _packed([fits.PrimaryHDU(np.round(image, 1).astype(np.float32), header=header)])


def _exposure_map_s(observation: Observation, events: EventList, curve: FlareCurve) -> Floats:
    step_arcmin = MAP_BINNING * PIXEL_ARCSEC / 60
    axis = (np.arange(MAP_SIZE) + 1 - MAP_REFERENCE_PIXEL) * step_arcmin
    west, north = np.meshgrid(axis, axis)
    x, y = detector.detector_arcmin(west, north, observation.pointing.pa_deg)
    chips = detector.chip_number(events.camera, x, y)
    live = np.array([0.0, *(screened_live_time_s(events, curve, chip) for chip in sorted(events.gtis_s))])
    return np.asarray(live[chips] * vignetting(np.hypot(x, y)) * detector.in_field(x, y))


def _header(observation: Observation, events: EventList, content: str) -> fits.Header:
    start, stop = observation.start_s, observation.start_s + observation.duration_s
    pointing = observation.pointing
    header = fits.Header()
    header["SIMULATD"] = (True, "SIMULATED DATA, NOT AN OBSERVATION")
    header["CREATOR"] = "pipeline simulate"
    header["CONTENT"] = content
    header["TELESCOP"], header["INSTRUME"] = "XMM", events.camera.instrume
    header["OBS_ID"], header["EXPIDSTR"] = observation.obsid, events.camera.exposure_id
    header["OBS_MODE"], header["DATAMODE"] = "POINTING", "IMAGING"
    header["FILTER"], header["SUBMODE"] = FILTER, "PrimeFullWindow"
    header["OBJECT"], header["OBSERVER"] = observation.target, "simulated"
    header["DATE-OBS"], header["DATE-END"] = _utc(start), _utc(stop)
    header["EQUINOX"], header["RADECSYS"] = 2000.0, "FK5"
    header["RA_PNT"], header["DEC_PNT"] = pointing.ra_deg, pointing.dec_deg
    header["PA_PNT"] = pointing.pa_deg
    header["TSTART"], header["TSTOP"] = start + events.camera.start_delay_s, stop
    header["EXPOSURE"] = (max(map(events.live_time_s, events.gtis_s)), "max of LIVETInn values")
    header.update(_time_cards())
    return header


def _time_cards() -> dict[str, object]:
    return {
        "MJDREF": MJD_REFERENCE,
        "TIMESYS": "TT",
        "TIMEUNIT": "s",
        "TIMEREF": "LOCAL",
        "TASSIGN": "SATELLITE",
        "CLOCKAPP": True,
    }


def _utc(seconds: float) -> str:
    time = Time(MJD_REFERENCE, seconds / 86400, format="mjd", scale="tt")
    return str(time.utc.isot)[:19]


def _events_hdu(observation: Observation, events: EventList) -> fits.BinTableHDU:
    columns = [
        fits.Column(name, code, unit, array=getattr(events, attribute).astype(np.dtype(_DTYPES[code])))
        for name, code, unit, attribute in _COLUMNS
    ]
    header = _header(observation, events, "EPIC IMAGING MODE EVENT LIST")
    hdu = fits.BinTableHDU.from_columns(columns, header=header, name="EVENTS")
    for chip in sorted(events.gtis_s):
        hdu.header[f"ONTIME{chip:02d}"] = events.on_time_s(chip)
        hdu.header[f"LIVETI{chip:02d}"] = events.live_time_s(chip)
    hdu.header["ONTIME"], hdu.header["LIVETIME"] = events.on_time_s(1), events.live_time_s(1)
    _add_sky_axes(hdu.header, observation)
    return hdu


_DTYPES = {"D": "f8", "I": "i2", "J": "i4", "B": "u1"}


def _add_sky_axes(header: fits.Header, observation: Observation) -> None:
    pointing = observation.pointing
    axes = (
        ("X", 4, "RA---TAN", pointing.ra_deg, -PIXEL_DEG),
        ("Y", 5, "DEC--TAN", pointing.dec_deg, PIXEL_DEG),
    )
    for axis, column, projection, value, step in axes:
        cards = {"CTYP": projection, "CRPX": REFERENCE_PIXEL, "CRVL": value, "CDLT": step, "CUNI": "deg"}
        for key, card in cards.items():
            header[f"REF{axis}{key}"] = card
            header[f"T{key}{column}"] = card
        for key, limit in (("LMIN", 1), ("LMAX", SKY_SIZE)):
            header[f"REF{axis}{key}"] = limit
            header[f"T{key}{column}"] = limit


def _exposure_hdu(observation: Observation, events: EventList, chip: int) -> fits.BinTableHDU:
    bin_s = events.camera.curve_bin_s
    start, stop = events.gtis_s[chip][0, 0], events.gtis_s[chip][-1, 1]
    times = np.arange(start + bin_s / 2, stop, bin_s)
    good = np.any([(times >= a) & (times < b) for a, b in events.gtis_s[chip]], axis=0)
    columns = [
        fits.Column("TIME", "D", "s", array=times),
        fits.Column("TIMEDEL", "E", "s", array=np.full(len(times), bin_s)),
        fits.Column("FRACEXP", "E", "FRACTION", array=good * events.camera.live_fraction),
    ]
    hdu = fits.BinTableHDU.from_columns(columns, name=f"EXPOSU{chip:02d}")
    hdu.header["CCDID"], hdu.header["INSTRUME"] = chip, events.camera.instrume
    hdu.header["FILTER"], hdu.header["OBS_ID"] = FILTER, observation.obsid
    return hdu


def _gti_hdu(intervals_s: Floats, name: str) -> fits.BinTableHDU:
    columns = [
        fits.Column("START", "D", "s", array=intervals_s[:, 0]),
        fits.Column("STOP", "D", "s", array=intervals_s[:, 1]),
    ]
    hdu = fits.BinTableHDU.from_columns(columns, name=name)
    hdu.header.update({"HDUCLASS": "OGIP", "HDUCLAS1": "GTI", "HDUCLAS2": "STANDARD"})
    hdu.header["ONTIME"] = (float(np.diff(intervals_s, axis=1).sum()), "[s] sum of all Good Time Intervals")
    hdu.header.update(_time_cards())
    return hdu


def _packed(hdus: list[fits.PrimaryHDU | fits.BinTableHDU]) -> bytes:
    buffer = io.BytesIO()
    fits.HDUList(hdus).writeto(buffer)
    return gzip.compress(buffer.getvalue(), compresslevel=_GZIP_LEVEL, mtime=0)
