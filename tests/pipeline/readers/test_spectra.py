from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.errors import MalformedFits, MissingKeyword
from pipeline.readers.spectra import read_spectrum


def test_groups_begin_where_nothing_continues(write_product) -> None:
    spectrum = read_spectrum(write_product("spectrum"))
    assert spectrum.group_starts().tolist() == [0, 3, 5, 6]
    assert (spectrum.first_channel, spectrum.exposure_s, spectrum.background_file) == (0, 1000.0, "")
    assert spectrum.backscal.tolist() == [400.0] * 8


def test_a_rate_becomes_counts(write_product) -> None:
    path = write_product("spectrum")
    with fits.open(path, mode="update") as hdus:
        hdus["SPECTRUM"].columns.change_name("COUNTS", "RATE")
    assert read_spectrum(path).counts.tolist() == (np.arange(8) * 10_000.0).tolist()


def test_no_exposure_is_named(write_product) -> None:
    path = write_product("spectrum")
    with fits.open(path, mode="update") as hdus:
        del hdus["SPECTRUM"].header["EXPOSURE"]
    with pytest.raises(MissingKeyword, match="EXPOSURE"):
        read_spectrum(path)


def test_an_exposure_of_nothing_is_refused(write_product) -> None:
    with pytest.raises(MalformedFits, match=r"EXPOSURE is 0\.0"):
        read_spectrum(write_product("spectrum", EXPOSURE=0.0))


@pytest.mark.real_data
def test_real_spectra_are_read(real_data: Path) -> None:
    pn = read_spectrum(real_data / "ngc7793_ulx4" / "PN_spectrum_grp20.fits")
    assert pn.counts.sum() == 11_526
    assert (len(pn), pn.first_channel, pn.background_file) == (4096, 0, "PNbackground_spectrum.fits")
    rgs = read_spectrum(real_data / "twhya_rgs" / "P0112880201R1S004SRSPEC1003.FTZ")
    assert (rgs.first_channel, rgs.poisson, rgs.response_file) == (1, False, "")
    background = read_spectrum(real_data / "twhya_rgs" / "P0112880201R1S004BGSPEC1003.FTZ")
    assert len(np.unique(background.backscal)) > 1
    assert read_spectrum(real_data / "3c273_chandra" / "3c273.pi").first_channel == 1
