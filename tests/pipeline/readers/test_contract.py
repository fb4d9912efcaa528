"""What every reader of FITS files must do, whatever it reads."""

import gzip
from dataclasses import fields

import numpy as np
import pytest
from astropy.io import fits

from pipeline.errors import MissingColumn, MissingHdu, TruncatedFits
from pipeline.readers.catalogues import read_catalogue
from pipeline.readers.images import read_background_map, read_detection_mask, read_image
from pipeline.readers.lightcurves import read_rate_curve
from pipeline.readers.responses import read_area, read_redistribution
from pipeline.readers.spectra import read_spectrum

READERS = [
    ("spectrum", read_spectrum),
    ("area", read_area),
    ("redistribution", read_redistribution),
    ("rate", read_rate_curve),
    ("map", read_image),
    ("map", read_background_map),
    ("map", read_detection_mask),
    ("catalogue", read_catalogue),
]
COLUMNS = [
    ("spectrum", read_spectrum, ("CHANNEL", "COUNTS")),
    ("area", read_area, ("ENERG_LO", "ENERG_HI", "SPECRESP")),
    ("redistribution", read_redistribution, ("ENERG_LO", "N_GRP", "F_CHAN", "N_CHAN", "MATRIX")),
    ("rate", read_rate_curve, ("TIME", "RATE", "ERROR")),
    ("catalogue", read_catalogue, ("RA", "Dec")),
]
each = pytest.mark.parametrize(("kind", "read"), READERS)


def arrays(product) -> list[np.ndarray]:
    if hasattr(product, "colnames"):
        return [np.asarray(product[name]) for name in product.colnames]
    values = [getattr(product, field.name) for field in fields(product)]
    return [value for value in values if isinstance(value, np.ndarray)]


@each
def test_the_input_is_not_modified(write_product, kind, read) -> None:
    path = write_product(kind)
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before


@each
def test_arrays_have_native_byte_order(write_product, kind, read) -> None:
    made = arrays(read(write_product(kind)))
    assert made
    assert all(array.dtype.isnative for array in made)


@each
def test_gzip_is_told_by_content(write_product, kind, read) -> None:
    path = write_product(kind)
    plain = arrays(read(path))
    packed = path.with_name("product.FTZ")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(plain, arrays(read(packed)), strict=True)
    )


@each
def test_a_truncated_file_is_named(write_product, kind, read) -> None:
    path = write_product(kind)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(TruncatedFits, match=r"product\.fits"):
        read(path)


@each
def test_a_file_without_the_hdu_is_named(tmp_path, kind, read) -> None:
    path = tmp_path / "product.fits"
    fits.PrimaryHDU().writeto(path)
    with pytest.raises(MissingHdu, match=r"product\.fits"):
        read(path)


@pytest.mark.parametrize(
    ("kind", "read", "name"), [(kind, read, name) for kind, read, names in COLUMNS for name in names]
)
def test_a_missing_column_is_named(write_product, kind, read, name) -> None:
    path = write_product(kind)
    with fits.open(path, mode="update") as hdus:
        table = next(hdu for hdu in hdus if hasattr(hdu, "columns") and name in hdu.columns.names)
        table.columns.change_name(name, "ELSE")
    with pytest.raises(MissingColumn, match=rf"product\.fits.*(?i:no column {name})"):
        read(path)
