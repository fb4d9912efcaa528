from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.errors import MissingHdu, MissingKeyword
from pipeline.readers.intervals import read_flare_good_time, read_good_time


def flare_curve(tmp_path: Path, cards: dict[str, float]) -> Path:
    columns = [
        fits.Column("TIME", "D", array=np.array([50.0, 150.0, 250.0, 350.0])),
        fits.Column("RATE", "E", array=np.array([1.0, 9.0, 2.0, np.nan])),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="RATE")
    table.header.update(cards)
    path = tmp_path / "M1FBKTSR.fits"
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)
    return path


def test_quiet_bins_are_good(tmp_path: Path) -> None:
    quiet = read_flare_good_time(flare_curve(tmp_path, {"FLCUTTHR": 2.0, "TIMEDEL": 100.0}))
    assert quiet.start.tolist() == [0.0, 200.0]
    assert quiet.stop.tolist() == [100.0, 300.0]


def test_a_curve_without_threshold_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(MissingKeyword, match=r"FLCUTTHR.*gti"):
        read_flare_good_time(flare_curve(tmp_path, {}))


def test_a_file_without_intervals_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingHdu, match="START and STOP"):
        read_good_time(flare_curve(tmp_path, {}))
