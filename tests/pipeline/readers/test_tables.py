import math
from pathlib import Path

import pytest

from pipeline.errors import BadTable, MissingColumn, UnreadableFile
from pipeline.readers.tables import read_counterparts, read_positions

HEADER = "ra_deg,dec_deg,bmag,rmag,w1mag,w2mag,proper_motion_masyr\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text)
    return path


def test_a_name_is_optional(tmp_path: Path) -> None:
    assert read_positions(write(tmp_path, "ra_deg,dec_deg\n150.0,2.0\n"))[0].name == ""


def test_an_empty_magnitude_is_missing(tmp_path: Path) -> None:
    counterpart = read_counterparts(write(tmp_path, HEADER + "150,2,18.5,,,,\n"))[0]
    assert counterpart.bmag == 18.5
    assert math.isnan(counterpart.rmag)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingColumn, match=r"table\.csv: no column dec_deg"):
        read_positions(write(tmp_path, "ra_deg,dec\n150,2\n"))


@pytest.mark.parametrize("row", ["400,2", "150,-91", "150,north", ",2"])
def test_a_bad_position_is_named_with_its_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(BadTable, match="line 2"):
        read_positions(write(tmp_path, f"ra_deg,dec_deg\n{row}\n"))


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_positions(path)
