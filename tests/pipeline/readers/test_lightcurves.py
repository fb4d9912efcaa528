from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.errors import MalformedFits
from pipeline.readers.lightcurves import read_rate_curve


def test_bins_outside_good_time_are_not_usable(write_product) -> None:
    curve = read_rate_curve(write_product("rate"))
    assert (curve.camera, curve.net, curve.bin_s) == ("PN", True, 100.0)
    assert curve.usable().tolist() == [True, True, False, True, True, True]


def test_an_uncorrected_curve_gets_its_exposure_from_good_time(write_product) -> None:
    curve = read_rate_curve(write_product("rate", net=False))
    assert curve.fraction_exposed == pytest.approx([1.0, 1.0, 0.0, 0.5, 1.0, 1.0])
    assert not curve.net
    assert np.isnan(curve.background).all()


def test_bins_without_width_are_refused(write_product) -> None:
    path = write_product("rate")
    with fits.open(path, mode="update") as hdus:
        hdus["RATE"].header["TIMEDEL"] = 0.0
    with pytest.raises(MalformedFits, match="no width"):
        read_rate_curve(path)


@pytest.mark.real_data
def test_real_curves_are_read(real_data: Path) -> None:
    folder = real_data / "gsn069"
    source = read_rate_curve(folder / "J011908-341133_lc_100_src.lc.gz")
    assert (len(source), source.camera, source.net) == (1382, "PN", False)
    corrected = read_rate_curve(folder / "J011908-341131_lccorr_2.704.lc.gz")
    assert (len(corrected), corrected.camera, corrected.net) == (50_355, "M1", True)
    flare = read_rate_curve(folder / "P0831790701PNS001FBKTSR0000.FTZ")
    assert flare.flare_threshold == pytest.approx(5.93262577)
