from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.errors import BadResponse
from pipeline.readers.responses import read_area, read_redistribution

EXPECTED = np.zeros((5, 8))
for _row in range(1, 5):
    EXPECTED[_row, _row : _row + 2] = 0.75, 0.25


@pytest.mark.parametrize("form", ["scalar", "fixed", "variable"])
@pytest.mark.parametrize("name", ["MATRIX", "SPECRESP MATRIX"])
@pytest.mark.parametrize("first", [0, 1])
def test_all_forms_of_a_matrix_are_the_same(write_product, form: str, name: str, first: int) -> None:
    response = read_redistribution(write_product("redistribution", form=form, name=name, first=first))
    assert np.array_equal(response.matrix.toarray(), EXPECTED)
    assert response.channel[0] == first


def test_without_tlmin_channels_count_from_ebounds(write_product) -> None:
    response = read_redistribution(write_product("redistribution", first=1, tlmin=False))
    assert np.array_equal(response.matrix.toarray(), EXPECTED)


@pytest.mark.parametrize(("name", "value"), [("F_CHAN", 90), ("F_CHAN", -3), ("N_CHAN", 3), ("N_GRP", -1)])
def test_groups_that_do_not_fit_are_refused(write_product, name: str, value: int) -> None:
    path = write_product("redistribution")
    with fits.open(path, mode="update") as hdus:
        hdus["MATRIX"].data[name][2] = value
    with pytest.raises(BadResponse, match=r"product\.fits\[MATRIX\] row 3"):
        read_redistribution(path)


def test_energies_must_rise(write_product) -> None:
    path = write_product("area")
    with fits.open(path, mode="update") as hdus:
        hdus["SPECRESP"].data["ENERG_LO"][1] = 9.0
    with pytest.raises(BadResponse, match="do not rise"):
        read_area(path)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "shape", "first"),
    [
        ("ngc7793_ulx4/PN.rmf.gz", (2067, 4096), 0),
        ("3c273_chandra/3c273.rmf", (1090, 1024), 1),
        ("epic_responses/epn_ff20_dY9.rmf.gz", (1319, 4096), 0),
    ],
)
def test_rows_of_real_matrices_sum_to_one(real_data: Path, name: str, shape, first: int) -> None:
    response = read_redistribution(real_data / name)
    assert (response.matrix.shape, response.channel[0]) == (shape, first)
    sums = np.asarray(response.matrix.sum(axis=1))
    bright = (response.low_kev > 0.3) & (response.high_kev < 9.0)
    assert sums[bright] == pytest.approx(1.0, abs=0.02)


@pytest.mark.real_data
def test_real_areas_are_as_the_handbook_says(real_data: Path) -> None:
    area = read_area(real_data / "ngc7793_ulx4" / "PN.arf")
    assert 800.0 < area.area_cm2.max() < 1300.0
