import pytest

from pipeline.errors import NotAPpsName
from pipeline.readers.ppsnames import PpsName, parse_pps_name

NAMES = [
    "P0123700101PNS003PIEVLI0000.FTZ",
    "P0123700101PNS001SRSPEC0053.FTZ",
    "P0123700101EPX000OIMAGE8000.PNG",
    "P0098010101M2U009EXPMAP3000.FTZ",
    "P0112880201R1S004SRSPEC1003.FTZ",
    "P0123700101OMX000OBSMLI0000.FTZ",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_go_there_and_back(name: str) -> None:
    assert parse_pps_name(name).file_name() == name


def test_source_numbers_are_hexadecimal() -> None:
    parsed = parse_pps_name("P0123700101PNS001SRSPEC0053.FTZ")
    assert (parsed.source, parsed.exposure_id, parsed.content, parsed.band) == (83, "S001", "SRSPEC", "0")
    assert PpsName("0123700101", "PN", "X", 0, "SRCTSR", "8", 171).file_name().endswith("SRCTSR80AB.FTZ")


def test_merged_and_second_exposures_are_told_apart() -> None:
    ids = [
        parse_pps_name(f"P0123700101M1{part}IMAGE_8000.FTZ").exposure_id for part in ("X000", "U002", "S001")
    ]
    assert ids == ["X000", "U002", "S001"]


def test_lower_case_names_are_understood() -> None:
    assert parse_pps_name("p0123700101pns001srspec000a.ftz").source == 10


@pytest.mark.parametrize(
    "name", ["image.fits", "P0123700101ZZS001SRSPEC0053.FTZ", "P01237001PNS001SRSPEC0053.FTZ"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(NotAPpsName, match="not a name"):
        parse_pps_name(name)


@pytest.mark.parametrize(
    "parts", [("1", "PN", "S", 1, "SRSPEC"), ("0123700101", "PN", "S", 1, "SRSPEC", "0", 5000)]
)
def test_parts_that_do_not_fit_are_refused(parts) -> None:
    with pytest.raises(NotAPpsName):
        PpsName(*parts).file_name()
