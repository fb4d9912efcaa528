import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline.__main__ import main
from pipeline.check import check_manifest
from pipeline.config import RunConfig
from pipeline.manifest import read_manifest
from pipeline.run import RunRequest, run


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_run_makes_four_products_for_each_source(field_folder: Path, tmp_path: Path) -> None:
    manifest = run(RunRequest((field_folder,), tmp_path / "out")).manifest
    assert len(manifest["sources"]) == 2
    assert manifest["failures"] == []
    kinds = [product["kind"] for product in manifest["sources"][0]["products"]]
    assert kinds == ["cutout", "cutout_fits", "spectrum", "lightcurve"]
    assert check_manifest(manifest, tmp_path / "out") == []


def test_features_are_finite_where_they_can_be(field_folder: Path, tmp_path: Path) -> None:
    source = run(RunRequest((field_folder,), tmp_path / "out")).manifest["sources"][0]
    assert source["features"]["counts_8"] == pytest.approx(300, abs=40)
    assert source["features"]["gal_lat_deg"] == pytest.approx(41.9, abs=0.2)
    assert source["features"]["log_fx_fb"] is None
    assert all(source["features"][f"hr{n}"] is not None for n in (2, 3))


def test_the_same_input_gives_the_same_bytes(field_folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(RunRequest((field_folder,), tmp_path / name))
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


def test_the_input_folder_is_not_touched(field_folder: Path, tmp_path: Path) -> None:
    before = everything(field_folder)
    run(RunRequest((field_folder,), tmp_path / "out"))
    assert everything(field_folder) == before


def test_an_unchanged_run_is_reused(field_folder: Path, tmp_path: Path) -> None:
    request = RunRequest((field_folder,), tmp_path / "out")
    run(request)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert run(request).reused
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == written


def test_a_damaged_product_is_made_again(field_folder: Path, tmp_path: Path) -> None:
    request = RunRequest((field_folder,), tmp_path / "out")
    picture = tmp_path / "out" / run(request).manifest["sources"][0]["products"][0]["path"]
    good = picture.read_bytes()
    picture.write_bytes(b"damage")
    assert not run(request).reused
    assert picture.read_bytes() == good


def test_a_damaged_manifest_is_made_again(field_folder: Path, tmp_path: Path) -> None:
    request = RunRequest((field_folder,), tmp_path / "out")
    run(request)
    path = tmp_path / "out" / "manifest.json"
    good = path.read_bytes()
    for text in ("{", '{"schema": "claxson.manifest/1", "sources": 3}'):
        path.write_text(text)
        assert not run(request).reused
        assert path.read_bytes() == good


def test_a_folder_that_fails_no_more_is_forgotten(field_folder: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert len(run(RunRequest((field_folder, gone), tmp_path / "out")).manifest["failures"]) == 1
    outcome = run(RunRequest((field_folder,), tmp_path / "out"))
    assert not outcome.reused
    assert outcome.manifest["failures"] == []


def test_other_settings_or_input_are_not_reused(field_folder: Path, tmp_path: Path) -> None:
    run(RunRequest((field_folder,), tmp_path / "out"))
    assert not run(
        RunRequest((field_folder,), tmp_path / "out", config=RunConfig(aperture_arcsec=15.0))
    ).reused
    (field_folder / "0000000001_sources.csv").write_text("ra_deg,dec_deg\n150.0,2.0\n")
    outcome = run(RunRequest((field_folder,), tmp_path / "out", config=RunConfig(aperture_arcsec=15.0)))
    assert len(outcome.manifest["sources"]) == 1
    assert len(list((tmp_path / "out").rglob("*_cutout.png"))) == 1


def test_one_bad_file_does_not_stop_the_others(field_folder: Path, tmp_path: Path) -> None:
    whole = (field_folder / "M1EVLI.fits").read_bytes()
    (field_folder / "M2EVLI.fits").write_bytes(whole[: len(whole) // 2])
    outcome = run(RunRequest((field_folder,), tmp_path / "out"))
    assert len(outcome.manifest["sources"]) == 2
    assert [(f["where"], f["code"]) for f in outcome.manifest["failures"]] == [
        ("0000000001/M2EVLI.fits", "truncated_fits")
    ]
    assert run(RunRequest((field_folder,), tmp_path / "out")).reused


def test_a_folder_without_events_fails_and_the_others_run(field_folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    manifest = run(RunRequest((field_folder, empty), tmp_path / "out")).manifest
    assert [failure["code"] for failure in manifest["failures"]] == ["no_event_list"]
    assert len(manifest["sources"]) == 2


def test_a_source_outside_the_field_is_a_failure_of_its_own(field_folder: Path, tmp_path: Path) -> None:
    (field_folder / "0000000001_sources.csv").write_text("name,ra_deg,dec_deg\nhere,150,2\nfar,10,-80\n")
    manifest = run(RunRequest((field_folder,), tmp_path / "out")).manifest
    assert [source["name"] for source in manifest["sources"]] == ["here"]
    assert [(f["where"], f["code"]) for f in manifest["failures"]] == [("far", "not_exposed")]


def test_the_raw_list_wins_over_its_filtered_copy(write_events, recipe, tmp_path: Path) -> None:
    write_events(recipe(), name="a_raw.fits")
    folder = write_events(recipe(bad_patterns=0), name="M1_clean.fits").parent
    manifest = run(RunRequest((folder,), tmp_path / "out")).manifest
    assert "0000000001 M1: used a_raw.fits, not M1_clean.fits" in manifest["notes"]
    assert manifest["observations"][0]["cameras"]["M1"]["cleaned_here"]


def test_a_list_of_another_instrument_is_left_out_with_a_note(
    field_folder: Path, write_events, recipe
) -> None:
    write_events(recipe(instrument="RGS1"), name="R1EVENLI.fits")
    manifest = run(RunRequest((field_folder,), field_folder.parent / "out")).manifest
    assert manifest["failures"] == []
    assert any("INSTRUME is RGS1" in note for note in manifest["notes"])


def test_a_broken_header_value_is_a_failure_of_its_file(field_folder: Path, write_events, recipe) -> None:
    write_events(recipe(instrument="EMOS2", cards={"RA_PNT": "north"}), name="M2EVLI.fits")
    manifest = run(RunRequest((field_folder,), field_folder.parent / "out")).manifest
    assert [(f["where"], f["code"]) for f in manifest["failures"]] == [
        ("0000000001/M2EVLI.fits", "malformed_fits")
    ]
    assert len(manifest["sources"]) == 2


def test_sources_are_detected_where_none_are_listed(write_events, recipe, tmp_path: Path) -> None:
    folder = write_events(recipe(sources=((0.0, 0.0, 300), (200.0, 100.0, 80)))).parent
    manifest = run(RunRequest((folder,), tmp_path / "out")).manifest
    assert len(manifest["sources"]) == 2
    assert any("2 sources were detected" in note for note in manifest["notes"])


def test_one_source_in_two_observations_has_two_detections(write_events, recipe, tmp_path: Path) -> None:
    folders = [
        write_events(recipe(cards={"OBS_ID": obsid}, seed=number), folder=obsid).parent
        for number, obsid in enumerate(("0000000001", "0000000002"))
    ]
    source = run(RunRequest(tuple(folders), tmp_path / "out")).manifest["sources"][0]
    assert source["observations"] == ["0000000001", "0000000002"]
    assert source["features"]["log_fmax_fmin"] is not None
    assert len(source["products"]) == 8


def test_simulated_input_is_marked_and_can_be_refused(write_events, recipe, tmp_path: Path) -> None:
    folder = write_events(recipe(cards={"SIMULATD": True})).parent
    manifest = run(RunRequest((folder,), tmp_path / "out")).manifest
    assert manifest["simulated"]
    assert manifest["attribution"] == "Simulated data, not an observation"
    assert manifest["sources"][0]["name"].startswith("SIM J")
    refused = run(RunRequest((folder,), tmp_path / "real", config=RunConfig(only_real=True))).manifest
    assert [failure["code"] for failure in refused["failures"]] == ["simulated_input"]


def test_counterparts_give_flux_ratios(field_folder: Path, tmp_path: Path) -> None:
    header = "ra_deg,dec_deg,bmag,rmag,w1mag,w2mag,proper_motion_masyr\n"
    (field_folder / "counterparts.csv").write_text(header + "150.0003,2.0,20,19,,14,3\n")
    sources = run(RunRequest((field_folder,), tmp_path / "out")).manifest["sources"]
    first, second = sources[0]["features"], sources[1]["features"]
    expected = np.log10(first["flux_8_cgs"]) + 5.37 + 19 / 2.5
    assert first["log_fx_fr"] == pytest.approx(expected, abs=1e-5)
    assert first["log_fx_fw1"] is None
    assert second["log_fx_fr"] is None


def test_every_picture_of_a_source_shows_the_counterpart_that_its_numbers_are_of(
    write_events, recipe, tmp_path: Path
) -> None:
    folders = [
        write_events(recipe(cards={"OBS_ID": obsid}, seed=number), folder=obsid).parent
        for number, obsid in enumerate(("0000000001", "0000000002"))
    ]
    header = "ra_deg,dec_deg,bmag,rmag,w1mag,w2mag,proper_motion_masyr\n"
    (folders[0] / "counterparts.csv").write_text(header + "150.0003,2.0002,20,19,,14,3\n")
    source = run(RunRequest(tuple(folders), tmp_path / "out")).manifest["sources"][0]
    cutouts = [one["meta"] for one in source["products"] if one["kind"] == "cutout"]
    north = [one["wcs"]["CRVAL2"] + one["counterpart"]["north_arcsec"] / 3600 for one in cutouts]
    assert north == pytest.approx([2.0002] * 2, abs=3e-6)


def test_the_command_line_reports_and_exits(field_folder: Path, tmp_path: Path, capsys) -> None:
    command = ["run", str(field_folder), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert "2 sources, 1 observation, 0 failures" in capsys.readouterr().out
    assert main(command) == 0
    assert "unchanged, reused" in capsys.readouterr().out
    (field_folder / "bad.fits").write_bytes(b"SIMPLE")
    assert main(command) == 1
    assert "failed: 0000000001/bad.fits (truncated_fits)" in capsys.readouterr().err


def test_a_bad_list_of_sources_is_bad_usage(field_folder: Path, tmp_path: Path, capsys) -> None:
    missing = tmp_path / "none.csv"
    assert main(["run", str(field_folder), "--out", str(tmp_path / "out"), "--sources", str(missing)]) == 2
    assert "none.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [[], ["run"], ["fly"]])
def test_bad_usage_exits_with_two(command: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == 2


def test_the_feature_table_has_one_row_for_each_source(field_folder: Path, tmp_path: Path) -> None:
    manifest = run(RunRequest((field_folder,), tmp_path / "out")).manifest
    rows = (tmp_path / "out" / "features.csv").read_text().splitlines()
    assert len(rows) == 3
    assert rows[0].split(",")[:4] == ["name", "ra_deg", "dec_deg", "gal_lat_deg"]
    assert len(rows[1].split(",")) == 3 + len(manifest["feature_table"]["columns"])


@pytest.mark.real_data
def test_a_real_observation_runs_to_a_checked_manifest(real_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = run(RunRequest((real_data / "abell907" / "0201901401",), out)).manifest
    assert len(manifest["sources"]) == 15
    assert manifest["failures"] == []
    assert not manifest["observations"][0]["cameras"]["M1"]["cleaned_here"]
    assert check_manifest(json.loads((out / "manifest.json").read_text()), out) == []
    shutil.rmtree(out / "observations")
    assert len(check_manifest(read_manifest(out), out)) == 15 * 11


def test_a_star_before_a_galaxy_has_the_luminosity_of_its_parallax(
    field_folder: Path, tmp_path: Path
) -> None:
    head = "ra_deg,dec_deg,bmag,rmag,w1mag,w2mag,proper_motion_masyr,parallax_mas,parallax_err_mas\n"
    (field_folder / "counterparts.csv").write_text(head + "150.0,2.0,12,11,9,9,50,10,0.1\n")
    galaxy = "name,ra_deg,dec_deg,radius_arcmin,distance_mpc\nNGC 1,150.0,2.0,5,10\n"
    (field_folder / "galaxies.csv").write_text(galaxy)
    star, other = run(RunRequest((field_folder,), tmp_path / "out")).manifest["sources"]
    assert star["distance"] == {"mpc": 1e-4, "mpc_err": 1e-6, "by": "parallax"}
    assert other["distance"] == {"mpc": 10.0, "mpc_err": None, "by": "galaxy NGC 1"}
    assert star["features"]["log_lx"] < 33 < other["features"]["log_lx"]
