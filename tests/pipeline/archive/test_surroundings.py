"""Counterparts, galaxies and pictures, from services that replay what the CDS is documented to answer."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from pipeline.__main__ import main
from pipeline.archive.fetching import fetch_surroundings
from pipeline.archive.pictures import fetch_pictures, surveys_at
from pipeline.archive.services import Services
from pipeline.archive.surroundings import fetch_counterparts, fetch_galaxies
from pipeline.archive.transfer import Line
from pipeline.errors import ArchiveRefused, NoNetwork
from pipeline.readers.tables import Position, read_counterparts, read_galaxies

OBSID = "0123456701"
HERE = [Position(150.0, 2.0)]
HEAD = "angDist,src,src_ra,src_dec,"
GAIA = HEAD + "RA_ICRS,DE_ICRS,Gmag,BPmag,RPmag,PM,Plx\n0.5,0,150,2,150.0001,2.0,15.5,16.0,15.0,12.5,3.1\n"
WISE = HEAD + "RAJ2000,DEJ2000,W1mag,W2mag\n0.6,0,150,2,150.0002,2.0,12.0,11.9\n8,0,150,2,150.002,2.0,14,\n"
NOTHING = HEAD + "RAJ2000,DEJ2000,Jmag,Kmag\n"
FIELDS = ("objname", "RAJ2000", "DEJ2000", "R1", "Dist")


def galaxies(*rows: tuple[object, ...]) -> bytes:
    kinds = ['datatype="char" arraysize="*"', *['datatype="double"'] * 4]
    head = "".join(f'<FIELD name="{n}" {k}/>' for n, k in zip(FIELDS, kinds, strict=True))
    body = "".join("<TR>" + "".join(f"<TD>{v}</TD>" for v in row) + "</TR>" for row in rows)
    return (
        '<?xml version="1.0"?><VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE '
        f'type="results"><TABLE>{head}<DATA><TABLEDATA>{body}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>'
    ).encode()


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (320, 320), (9, 9, 60)).save(stream, "JPEG")
    return stream.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_matches_of_several_surveys_are_joined(archive, line, reply, tmp_path: Path) -> None:
    archive.paths["/xmatch"] = [reply(text.encode()) for text in (GAIA, WISE, NOTHING, NOTHING)]
    (path,) = fetch_counterparts(line, HERE, tmp_path)
    star, other = rows(path)
    assert (star["bmag"], star["w1mag"], star["proper_motion_masyr"]) == ("16.0", "12.0", "12.5")
    assert (other["bmag"], other["w1mag"], other["w2mag"]) == ("", "14", "")
    assert read_counterparts(path)[0].w2mag == 11.9
    assert "0,150.000000,2.000000" in archive.sent[0]
    assert 'name="cat2"\r\n\r\nvizier:II/328/allwise' in archive.sent[1]


def test_words_instead_of_matches_are_passed_on(archive, line, reply, tmp_path: Path) -> None:
    archive.paths["/xmatch"] = [reply(b"service is down")]
    with pytest.raises(ArchiveRefused, match="service is down"):
        fetch_counterparts(line, HERE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_galaxies_without_size_or_distance_are_left_out(archive, line, reply, tmp_path: Path) -> None:
    table = galaxies(("NGC 1", 150.1, 2.1, 1.5, 20.0), ("NGC 2", 150.2, 2.1, "", 20.0))
    archive.paths["/vizier"] = [reply(table)]
    (path,) = fetch_galaxies(line, HERE[0], tmp_path)
    (galaxy,) = read_galaxies(path)
    assert (galaxy.position.name, galaxy.radius_arcmin, galaxy.distance_mpc) == ("NGC 1", 1.5, 20.0)


def test_pictures_are_kept_with_their_surveys(archive, line, reply, tmp_path: Path) -> None:
    archive.paths["/hips"] = [reply(jpeg())]
    (index,) = fetch_pictures(line, HERE, tmp_path)
    entries = json.loads(index.read_text())["pictures"]
    assert {entry["view"] for entry in entries} == {"ultraviolet", "optical", "near-infrared", "infrared"}
    assert all(entry["attribution"] and entry["date"] and entry["bands"] for entry in entries)
    asked = len(archive.asked)
    fetch_pictures(line, HERE, tmp_path)
    assert len(archive.asked) == asked


def test_pictures_of_another_field_of_view_are_fetched_again_and_stay_until_then(
    archive, line, reply, tmp_path: Path
) -> None:
    archive.paths["/hips"] = [*[reply(jpeg())] * 4, reply(b"busy")]
    (index,) = fetch_pictures(line, HERE, tmp_path)
    document = json.loads(index.read_text())
    for entry in document["pictures"]:
        entry["fov_arcmin"] = 2.0
    index.write_text(json.dumps(document))
    with pytest.raises(ArchiveRefused, match="busy"):
        fetch_pictures(line, HERE, tmp_path)
    assert [entry["fov_arcmin"] for entry in json.loads(index.read_text())["pictures"]] == [2.0] * 4
    archive.paths["/hips"] = [reply(jpeg())]
    fetch_pictures(line, HERE, tmp_path)
    assert [entry["fov_arcmin"] for entry in json.loads(index.read_text())["pictures"]] == [4.0] * 4


def test_where_a_survey_did_not_look_there_is_no_picture(archive, line, reply, tmp_path: Path) -> None:
    archive.paths["/hips"] = [reply(b"", status=404), reply(jpeg())]
    (index,) = fetch_pictures(line, HERE, tmp_path)
    assert len(json.loads(index.read_text())["pictures"]) == 3


def test_what_is_no_picture_is_refused_and_the_others_stay(archive, line, reply, tmp_path: Path) -> None:
    archive.paths["/hips"] = [reply(jpeg()), reply(b"<html>busy</html>")]
    with pytest.raises(ArchiveRefused, match="busy"):
        fetch_pictures(line, HERE, tmp_path)
    assert len(json.loads((tmp_path / "sky_pictures.json").read_text())["pictures"]) == 1


def test_the_far_south_has_an_optical_survey_too() -> None:
    assert [surveys_at(dec)[1].survey for dec in (0.0, -60.0)] == ["Pan-STARRS DR1", "DSS2"]


def test_without_a_network_it_is_said_plainly(tmp_path: Path) -> None:
    dead = Services(*["http://127.0.0.1:9"] * 7, timeout_s=1, pause_s=0.001)
    with pytest.raises(NoNetwork, match="is there a network"):
        fetch_counterparts(Line(dead), HERE, tmp_path)


def source_list() -> bytes:
    columns = [fits.Column(k, "D", array=[v]) for k, v in (("RA", 150.0), ("DEC", 2.0), ("SRC_NUM", 1))]
    stream = io.BytesIO()
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns, name="SRCLIST")])
    hdus.writeto(stream)
    return stream.getvalue()


def options(archive, out: Path) -> list[str]:
    names = {"aio": "aio", "tap": "tap", "mirror": "rev0", "mirror-tap": "mtap"}
    names |= {name: name for name in ("xmatch", "vizier", "hips")}
    urls = [part for name, path in names.items() for part in (f"--{name}-url", f"{archive.url}/{path}")]
    return ["--out", str(out), "--pause", "0.001", *urls]


@pytest.fixture
def measured(archive, reply, events, tmp_path: Path) -> dict[str, Any]:
    """The one source of an observation that was fetched and run."""

    def product(name: str, content: bytes):
        return [reply(content, headers={"Content-Disposition": f"attachment; filename={name}"})]

    archive.products = {"PIEVLI": product(f"P{OBSID}PNS003PIEVLI0000.FTZ", events)}
    archive.products["OBSMLI"] = product(f"P{OBSID}EPX000OBSMLI0000.FTZ", source_list())
    archive.paths["/xmatch"] = [reply(text.encode()) for text in (GAIA, WISE, NOTHING, NOTHING)]
    archive.paths |= {"/vizier": [reply(galaxies(("M1", 150.01, 2.0, 2.0, 10.0)))], "/hips": [reply(jpeg())]}
    assert main(["fetch", OBSID, *options(archive, tmp_path)]) == 0
    assert main(["run", str(tmp_path / OBSID), "--out", str(tmp_path / "out")]) == 0
    (source,) = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"]
    return source


def test_what_was_fetched_gives_criteria(measured: dict[str, Any]) -> None:
    names = ("log_fx_fb", "log_fx_fw1", "proper_motion_masyr", "separation_galaxy_radius", "log_lx")
    assert all(np.isfinite(measured["features"][name]) for name in names)


def test_what_was_fetched_gives_pictures_of_the_same_field_and_a_counterpart(
    measured: dict[str, Any],
) -> None:
    cutout = measured["products"][0]["meta"]
    assert [variant["role"] for variant in cutout["variants"]].count("sky") == 4
    assert {one["fov_arcmin"] for one in cutout["variants"] if one["role"] == "sky"} == {cutout["fov_arcmin"]}
    assert np.hypot(*cutout["counterpart"].values()) < cutout["counterpart_radius_arcsec"]


def test_a_second_fetch_asks_for_nothing_again(archive, line, reply, tmp_path: Path) -> None:
    folder = tmp_path / OBSID
    folder.mkdir()
    (folder / f"P{OBSID}EPX000OBSMLI0000.FTZ").write_bytes(source_list())
    archive.paths["/xmatch"] = [reply(text.encode()) for text in (GAIA, WISE, NOTHING, NOTHING)]
    archive.paths["/hips"] = [reply(jpeg())]
    assert fetch_surroundings(line, OBSID, tmp_path, str) == 2
    asked = len(archive.asked)
    assert fetch_surroundings(line, OBSID, tmp_path, str) == 0
    assert len(archive.asked) == asked
