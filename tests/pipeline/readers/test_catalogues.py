import numpy as np
import pytest

from pipeline.errors import MissingColumn
from pipeline.readers.catalogues import numbers, read_catalogue


def test_columns_are_found_by_name_with_units(write_product) -> None:
    table = read_catalogue(write_product("catalogue"))
    assert numbers(table, "DEC").tolist() == [-1.0, 1.0]
    assert str(table["RA"].unit) == "deg"


def test_what_is_missing_is_nan(write_product) -> None:
    table = read_catalogue(write_product("catalogue"))
    assert np.isnan(numbers(table, "EP_8_FLUX")).tolist() == [False, True]
    assert np.isnan(numbers(table, "SC_FVAR")).all()


def test_a_column_that_is_asked_for_must_be_there(write_product) -> None:
    with pytest.raises(MissingColumn, match="SRCID"):
        read_catalogue(write_product("catalogue"), ("SRCID",))
