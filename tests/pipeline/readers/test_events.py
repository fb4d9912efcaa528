import gzip
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.errors import (
    EmptyEventList,
    MalformedFits,
    MissingColumn,
    MissingHdu,
    TruncatedFits,
    UnknownInstrument,
    UnreadableFile,
)
from pipeline.readers.events import read_events


def test_it_reads_columns_and_header(write_events) -> None:
    events = read_events(write_events())
    assert (events.camera, events.obsid, events.filter_name) == ("M1", "0000000001", "Medium")
    assert len(events) == 2300
    assert events.good_times[1].seconds == pytest.approx(10_000.0)


def test_arrays_have_native_byte_order(write_events) -> None:
    events = read_events(write_events())
    assert all(array.dtype.isnative for array in (events.time, events.x, events.pi_ev, events.flag))


def test_the_pointing_is_at_the_reference_pixel(write_events) -> None:
    ra, dec = read_events(write_events()).frame.to_sky(25921.0, 25921.0)
    assert (ra[0], dec[0]) == pytest.approx((150.0, 2.0))


def test_the_input_is_not_modified(write_events) -> None:
    path = write_events()
    before = path.read_bytes()
    read_events(path)
    assert path.read_bytes() == before


def test_a_simulated_list_says_so(write_events, recipe) -> None:
    assert read_events(write_events(recipe(cards={"SIMULATD": True}))).simulated


@pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
def test_a_truncated_file_is_named(write_events, share: float) -> None:
    path = write_events()
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(TruncatedFits, match=r"M1EVLI\.fits.*truncated.*again"):
        read_events(path)


def test_a_truncated_gzip_is_named(write_events) -> None:
    path = write_events()
    path.write_bytes(gzip.compress(path.read_bytes())[:-2000])
    with pytest.raises(TruncatedFits, match="truncated"):
        read_events(path)


def test_a_file_that_is_no_fits_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.fits"
    path.write_text("not a FITS file")
    with pytest.raises(MalformedFits, match=r"notes\.fits"):
        read_events(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.fits.*check path"):
        read_events(tmp_path / "none.fits")


def test_a_missing_hdu_is_named_with_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "image.fits"
    fits.PrimaryHDU(np.zeros((2, 2))).writeto(path)
    with pytest.raises(MissingHdu, match=r"no HDU EVENTS \(found: PRIMARY\)"):
        read_events(path)


def test_a_wrong_column_is_named_with_file_and_hdu(write_events) -> None:
    path = write_events()
    with fits.open(path, mode="update") as hdus:
        hdus["EVENTS"].columns.change_name("PI", "ENERGY")
    with pytest.raises(MissingColumn, match=r"M1EVLI\.fits\[EVENTS\]: no column PI .*ENERGY"):
        read_events(path)


def test_an_empty_list_is_refused(write_events, recipe) -> None:
    path = write_events(recipe(sources=(), background=0))
    with pytest.raises(EmptyEventList, match="no events"):
        read_events(path)


def test_another_instrument_is_refused(write_events, recipe) -> None:
    with pytest.raises(UnknownInstrument, match="INSTRUME is RGS1"):
        read_events(write_events(recipe(instrument="RGS1")))


def test_a_timing_mode_list_is_refused(write_events, recipe) -> None:
    with pytest.raises(UnknownInstrument, match="timing"):
        read_events(write_events(recipe(cards={"DATAMODE": "TIMING"})))


@pytest.mark.real_data
def test_good_time_of_a_filtered_list_is_its_own(real_data: Path) -> None:
    events = read_events(real_data / "abell907" / "0201901401" / "mos1_exp1_clean_evts.fits.gz")
    assert events.good_times[2].seconds == pytest.approx(5150.0, abs=0.1)
    assert events.live_fraction[1] == pytest.approx(5006.566 / 5135.2925, rel=1e-5)
