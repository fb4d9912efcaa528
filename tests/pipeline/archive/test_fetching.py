import hashlib
import json
from pathlib import Path

import pytest

from pipeline.archive.fetching import fetch_observation
from pipeline.archive.services import Services
from pipeline.archive.transfer import Line
from pipeline.errors import ArchiveRefused, CutArchive, NoNetwork, Proprietary, UnknownObservation

OBSID = "0123456701"
M1 = "P0123456701M1S001MIEVLI0000.FTZ"
M2 = "P0123456701M2S002MIEVLI0000.FTZ"
PN = "P0123456701PNS003PIEVLI0000.FTZ"


def quiet(sentence: str) -> None:
    """No progress."""


def single(reply, name: str, content: bytes, **more):
    headers = {"Content-Type": "application/octet-stream"}
    return reply(content, headers=headers | {"Content-Disposition": f'attachment; filename="{name}"'}, **more)


def tar(reply, content: bytes, **more):
    return reply(content, headers={"Content-Type": "application/x-tar"}, **more)


def test_a_tar_and_a_single_file_are_taken_and_recorded(
    archive, line, reply, events, packed, tmp_path
) -> None:
    files = {f"{OBSID}/pps/{M1}": events, f"{OBSID}/pps/{M2}": events, f"{OBSID}/pps/index.HTM": b"no"}
    archive.products = {"MIEVLI": [tar(reply, packed(files))], "PIEVLI": [single(reply, PN, events)]}
    report = fetch_observation(line, OBSID, tmp_path, quiet)
    assert sorted(path.name for path in (tmp_path / OBSID).iterdir()) == sorted([M1, M2, PN, "fetched.json"])
    entry = json.loads((tmp_path / OBSID / "fetched.json").read_text())["kinds"]["PIEVLI"][0]
    assert entry["sha256"] == hashlib.sha256(events).hexdigest()
    assert entry["url"].startswith(f"{archive.url}/aio?obsno={OBSID}&level=PPS&name=PIEVLI")
    assert set(entry) == {"file", "url", "sha256", "bytes", "pps_version", "sas_version"}
    assert report.new == 3


def test_what_is_there_is_not_fetched_again(archive, line, reply, events, tmp_path: Path) -> None:
    archive.products = {"PIEVLI": [single(reply, PN, events)]}
    fetch_observation(line, OBSID, tmp_path, quiet)
    archive.asked.clear()
    assert fetch_observation(line, OBSID, tmp_path, quiet).new == 0
    assert not [url for url in archive.asked if "PIEVLI" in url]
    (tmp_path / OBSID / PN).write_bytes(b"damage")
    assert fetch_observation(line, OBSID, tmp_path, quiet).new == 1


def test_a_tar_cannot_write_outside_its_folder(archive, line, reply, events, packed, tmp_path) -> None:
    files = {f"../../{M1}": events, "../../../evil.sh": b"no", "/etc/P0.FTZ": b"no"}
    archive.products = {"MIEVLI": [tar(reply, packed(files))]}
    fetch_observation(line, OBSID, tmp_path / "deep" / "out", quiet)
    assert sorted(p.name for p in tmp_path.rglob("*.FTZ")) == [M1]
    assert not list(tmp_path.rglob("evil*"))


def test_an_empty_answer_means_no_such_product(line, tmp_path: Path) -> None:
    with pytest.raises(UnknownObservation, match="check the number"):
        fetch_observation(line, OBSID, tmp_path, quiet)
    assert not (tmp_path / OBSID).exists()


def test_proprietary_data_are_said_to_be_so(archive, line, reply, tmp_path: Path) -> None:
    archive.products = {"PIEVLI": [reply(b"no", status=401)]}
    with pytest.raises(Proprietary, match="proprietary"):
        fetch_observation(line, OBSID, tmp_path, quiet)


def test_an_error_in_words_is_passed_on(archive, line, reply, tmp_path: Path) -> None:
    words = reply(b"<html>Internal  problem 42</html>", headers={"Content-Type": "text/html"})
    archive.products = {"PIEVLI": [words]}
    with pytest.raises(ArchiveRefused, match="Internal problem 42"):
        fetch_observation(line, OBSID, tmp_path, quiet)


def test_a_cut_connection_is_tried_again(archive, line, reply, events, tmp_path: Path) -> None:
    cut = single(reply, PN, events, cut=500)
    archive.products = {"PIEVLI": [cut, cut, single(reply, PN, events)]}
    assert fetch_observation(line, OBSID, tmp_path, quiet).new == 1
    assert (tmp_path / OBSID / PN).read_bytes() == events


def test_the_mirror_helps_where_the_archive_does_not(archive, line, reply, events, tmp_path: Path) -> None:
    place = f"/rev0/{OBSID}/PPS/"
    archive.products = {"PIEVLI": [reply(b"", status=503)]}
    archive.paths[place] = [reply(f'<a href="{PN}">x</a> <a href="{M1}">y</a>'.encode())]
    archive.paths[place + PN] = [reply(events)]
    fetch_observation(line, OBSID, tmp_path, quiet)
    assert (tmp_path / OBSID / PN).read_bytes() == events
    assert not (tmp_path / OBSID / M1).exists()


def test_a_broken_transfer_from_the_mirror_goes_on_where_it_stopped(
    archive, line, reply, events, tmp_path: Path
) -> None:
    place = f"/rev0/{OBSID}/PPS/"
    archive.products = {"PIEVLI": [reply(b"", status=503)]}
    archive.paths[place] = [reply(f'<a href="{PN}">x</a>'.encode())]
    archive.paths[place + PN] = [reply(events, cut=700), reply(events)]
    fetch_observation(line, OBSID, tmp_path, quiet)
    assert (tmp_path / OBSID / PN).read_bytes() == events


def test_a_file_that_does_not_open_is_fetched_from_the_mirror(
    archive, line, reply, events, tmp_path: Path
) -> None:
    place = f"/rev0/{OBSID}/PPS/"
    archive.products = {"PIEVLI": [single(reply, PN, events[: len(events) // 2])]}
    archive.paths[place] = [reply(f'<a href="{PN}">x</a>'.encode())]
    archive.paths[place + PN] = [reply(events)]
    fetch_observation(line, OBSID, tmp_path, quiet)
    assert (tmp_path / OBSID / PN).read_bytes() == events


def test_a_cut_tar_is_not_taken_for_whole(archive, line, reply, events, packed, tmp_path: Path) -> None:
    whole = packed({f"{OBSID}/pps/{M1}": events, f"{OBSID}/pps/{M2}": events})
    archive.products = {"MIEVLI": [tar(reply, whole[: len(whole) // 2])]}
    with pytest.raises(CutArchive, match=r"the tar ends early.*and the mirror"):
        fetch_observation(line, OBSID, tmp_path, quiet)
    assert "MIEVLI" not in json.loads((tmp_path / OBSID / "fetched.json").read_text())["kinds"]


def test_without_a_network_it_is_said_plainly(tmp_path: Path) -> None:
    dead = "http://127.0.0.1:9"
    line = Line(Services(dead, dead, dead, dead, timeout_s=1, pause_s=0.001))
    with pytest.raises(NoNetwork, match="is there a network"):
        fetch_observation(line, OBSID, tmp_path, quiet)
