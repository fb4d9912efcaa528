from pathlib import Path

import pytest

from pipeline.__main__ import main

OBSID = "0123456701"
PN = "P0123456701PNS003PIEVLI0000.FTZ"
TABLE = """<?xml version="1.0"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="QUERY_STATUS" value="OK"/><TABLE><FIELD name="observation_id" datatype="char" arraysize="*"/>
<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""


def options(archive, out: Path) -> list[str]:
    names = {"aio": "aio", "tap": "tap", "mirror": "rev0", "mirror-tap": "mtap"}
    names |= {name: name for name in ("xmatch", "vizier", "hips", "responses")}
    urls = [part for name, path in names.items() for part in (f"--{name}-url", f"{archive.url}/{path}")]
    return ["--out", str(out), "--pause", "0.001", "--products-only", *urls]


def table(*obsids: str) -> bytes:
    return TABLE.format(rows="".join(f"<TR><TD>{obsid}</TD></TR>" for obsid in obsids)).encode()


def product(reply, events):
    return reply(events, headers={"Content-Disposition": f"attachment; filename={PN}"})


@pytest.mark.parametrize("service", ["/tap", "/mtap"])
def test_a_cone_finds_observations_in_either_archive(
    archive, reply, events, tmp_path: Path, service: str, capsys
) -> None:
    archive.paths = {service: [reply(table(OBSID))]}
    archive.products = {"PIEVLI": [product(reply, events)]}
    assert main(["fetch", "--cone", "150", "2", "0.2", *options(archive, tmp_path)]) == 0
    assert (tmp_path / OBSID / PN).exists()
    assert "1 observation(s), 1 new file(s), 0 failure(s): all whole" in capsys.readouterr().out
    assert not (tmp_path / ".cone").exists()


def test_an_empty_cone_is_no_failure(archive, reply, tmp_path: Path, capsys) -> None:
    archive.paths = {"/tap": [reply(table())]}
    assert main(["fetch", "--cone", "150", "2", "0.2", *options(archive, tmp_path)]) == 0
    assert "no public observation" in capsys.readouterr().out


def test_a_table_service_that_talks_is_refused(archive, reply, tmp_path: Path, capsys) -> None:
    archive.paths = {"/tap": [reply(b"busy")], "/mtap": [reply(b"down for repairs")]}
    assert main(["fetch", "--cone", "150", "2", "0.2", *options(archive, tmp_path)]) == 1
    assert "down for repairs" in capsys.readouterr().err


def test_one_failure_does_not_stop_the_others(archive, reply, events, tmp_path: Path, capsys) -> None:
    archive.products = {"PIEVLI": [reply(b"", status=401), product(reply, events)]}
    assert main(["fetch", "0000000001", OBSID, *options(archive, tmp_path)]) == 1
    told = capsys.readouterr()
    assert "failed: 0000000001 (proprietary)" in told.err
    assert (tmp_path / OBSID / PN).exists()
    assert "run it again to go on" in told.out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(["123"], "ten digits"), ([], "name an observation"), (["--cone", "400", "0", "1"], "RA 0..360")],
)
def test_bad_usage_is_named(archive, tmp_path: Path, wrong: list[str], said: str, capsys) -> None:
    assert main(["fetch", *wrong, *options(archive, tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_an_address_that_is_not_of_the_web_is_refused(archive, tmp_path: Path, capsys) -> None:
    assert main(["fetch", OBSID, *options(archive, tmp_path), "--aio-url", "file:///etc"]) == 1
    assert "not an address of the web" in capsys.readouterr().err


def test_what_was_fetched_runs(archive, reply, events, tmp_path: Path) -> None:
    archive.products = {"PIEVLI": [product(reply, events)]}
    main(["fetch", OBSID, *options(archive, tmp_path)])
    assert main(["run", str(tmp_path / OBSID), "--out", str(tmp_path / "out")]) == 0
