import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from pipeline.readers.events import read_events
from pipeline.simulate import events, files
from pipeline.simulate.detector import project_arcmin, sky_pixels

SHARED_KEYS = (
    *("TELESCOP", "INSTRUME", "OBS_ID", "EXPIDSTR", "FILTER", "SUBMODE", "OBJECT", "DATE-OBS", "DATE-END"),
    *("RA_PNT", "DEC_PNT", "PA_PNT", "REFXCTYP", "REFXCRPX", "REFXCRVL", "REFXCDLT", "REFYCTYP", "REFYCRVL"),
    *("MJDREF", "TIMESYS", "TIMEREF", "ONTIME01", "LIVETI01", "TSTART", "TSTOP", "DATAMODE", "RADECSYS"),
)


def opened(content: bytes) -> fits.HDUList:
    return fits.open(io.BytesIO(gzip.decompress(content)))


def undated(header: fits.Header) -> fits.Header:
    """Without the archive's old cards that astropy's WCS warns of."""
    bare = header.copy()
    for key in ("RADECSYS", "EQUINOX", "DATE-OBS", "DATE-END", "MJDREF"):
        del bare[key]
    return bare


def test_names_follow_the_archive(exposed: Any) -> None:
    assert files.product_name(exposed.observation, exposed.m1, "MIEVLI0") == "P9900000201M1S001MIEVLI0000.FTZ"
    assert files.product_name(exposed.observation, exposed.pn, "PIEVLI0") == "P9900000201PNS003PIEVLI0000.FTZ"


def test_the_list_says_that_it_is_simulated(event_hdus: fits.HDUList) -> None:
    assert event_hdus[0].header["SIMULATD"] is True
    assert event_hdus["EVENTS"].header["SIMULATD"] is True
    assert "NOT AN OBSERVATION" in event_hdus[0].header.comments["SIMULATD"]


def test_every_chip_has_its_good_times_and_exposure(event_hdus: fits.HDUList) -> None:
    header = event_hdus["EVENTS"].header
    for chip in range(1, 8):
        table = event_hdus[f"STDGTI{chip:02d}"].data
        assert np.sum(table["STOP"] - table["START"]) == pytest.approx(header[f"ONTIME{chip:02d}"])
        assert header[f"LIVETI{chip:02d}"] < header[f"ONTIME{chip:02d}"]
        assert len(event_hdus[f"EXPOSU{chip:02d}"].data) > 100


def test_the_column_keywords_place_a_source_on_its_events(exposed: Any, event_hdus: fits.HDUList) -> None:
    header, table = undated(event_hdus["EVENTS"].header), event_hdus["EVENTS"].data
    source = exposed.observation.sources[0]
    frame = WCS(header, keysel=["pixel"], naxis=["celestial"])
    x, y = frame.wcs_world2pix(source.ra_deg, source.dec_deg, 1)
    close = np.hypot(table["X"] - x, table["Y"] - y) < 300
    assert close.sum() > 500
    assert np.median(table["X"][close]) == pytest.approx(x, abs=20)
    assert np.median(table["Y"][close]) == pytest.approx(y, abs=20)


def test_the_pipelines_reader_reads_the_list(exposed: Any, tmp_path: Path) -> None:
    path = tmp_path / "P9900000201M1S001MIEVLI0000.FTZ"
    path.write_bytes(files.event_file(exposed.observation, exposed.m1))
    read = read_events(path)
    assert read.simulated
    assert (read.camera, read.obsid, read.filter_name) == ("M1", "9900000201", "Medium")
    np.testing.assert_array_equal(read.time, exposed.m1.time_s)
    np.testing.assert_array_equal(read.x, exposed.m1.x)
    assert read.live_fraction[1] == pytest.approx(0.99)


def test_the_flare_file_carries_the_cut(exposed: Any) -> None:
    curve = events.flare_curve(exposed.m1, exposed.observation)
    hdus = opened(files.flare_file(exposed.observation, exposed.m1, curve))
    assert hdus["RATE"].header["FLCUTTHR"] == pytest.approx(curve.threshold)
    assert hdus["RATE"].columns.names == ["TIME", "RATE", "ERROR", "FRACEXP", "T_ELAPSED"]
    assert np.nanmax(hdus["RATE"].data["RATE"]) > hdus["RATE"].header["FLCUTTHR"]


def test_the_exposure_map_is_vignetted_and_in_seconds(exposed: Any) -> None:
    curve = events.flare_curve(exposed.m1, exposed.observation)
    hdu = opened(files.exposure_file(exposed.observation, exposed.m1, curve))[0]
    longest = max(events.screened_live_time_s(exposed.m1, curve, chip) for chip in range(1, 8))
    assert hdu.data.max() == pytest.approx(longest, rel=0.01)
    assert hdu.data[0, 0] == 0
    assert 0.45 * longest < hdu.data[324, 324 + 180] < 0.65 * longest


def test_the_map_and_the_events_share_their_sky(exposed: Any) -> None:
    curve = events.flare_curve(exposed.m1, exposed.observation)
    header = undated(opened(files.exposure_file(exposed.observation, exposed.m1, curve))[0].header)
    source = exposed.observation.sources[1]
    place = np.array(source.ra_deg), np.array(source.dec_deg)
    column = WCS(header).wcs_world2pix(*place, 1)[0]
    event_x = sky_pixels(project_arcmin(*place, exposed.observation.pointing)[0])
    assert (event_x - 25921) / 80 == pytest.approx(column - 324.50625, abs=0.02)


def test_no_clock_enters_the_bytes(exposed: Any) -> None:
    first, second = (files.event_file(exposed.observation, exposed.m1) for _ in range(2))
    assert first == second
    assert first[4:8] == b"\0\0\0\0"
    assert b"DATE    =" not in gzip.decompress(first)[:2880]


@pytest.mark.real_data
def test_the_headers_use_the_archives_keywords_and_formats(real_data: Path, event_hdus: fits.HDUList) -> None:
    with fits.open(real_data / "hd159176" / "P0001730201M1S002MIEVLI.FTZ") as real:
        theirs, ours = real["EVENTS"], event_hdus["EVENTS"]
        merged = {**theirs.header, **real[0].header}
        assert not [key for key in SHARED_KEYS if key not in merged or key not in ours.header]
        formats = {column.name: column.format for column in theirs.columns}
        assert {c.name: c.format for c in ours.columns}.items() <= formats.items()
        assert ours.header["MJDREF"] == theirs.header["MJDREF"]
