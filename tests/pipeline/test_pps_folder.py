"""Folders as the archive hands them out: several exposures, source lists, modes without an image."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from pipeline.config import RunConfig
from pipeline.inventory import take_inventory
from pipeline.observation import Observation, load_observation
from pipeline.run import RunRequest, run

SCHEDULED = "P0000000001PNS003PIEVLI0000.FTZ"
UNSCHEDULED = "P0000000001PNU002PIEVLI0000.FTZ"
LIST = "P0000000001EPX000OBSMLI0000.FTZ"
WriteEvents = Callable[..., Path]


def load(folder: Path) -> Observation:
    return load_observation(take_inventory(folder), RunConfig())


def write_list(folder: Path, name: str = LIST, **columns: list[float]) -> Path:
    made = [fits.Column(key, "D", array=values) for key, values in columns.items()]
    table = fits.BinTableHDU.from_columns(made, name="SRCLIST")
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(folder / name)
    return folder / name


def second_exposure(write_events: WriteEvents, recipe, **settings: object) -> Path:
    """A later exposure of the same camera: its times are moved by a day."""
    path = write_events(recipe(instrument="EPN", seed=2, **settings), name="later.fits")
    with fits.open(path, mode="update") as hdus:
        hdus["EVENTS"].header["EXPIDSTR"] = "U002"
        hdus["EVENTS"].data["TIME"] += 86_400.0
        for name in ("START", "STOP"):
            hdus["STDGTI01"].data[name] += 86_400.0
    return path.rename(path.parent / UNSCHEDULED)


def test_two_exposures_of_a_camera_are_joined(write_events: WriteEvents, recipe) -> None:
    first = write_events(recipe(instrument="EPN"), name=SCHEDULED)
    second_exposure(write_events, recipe)
    observation = load(first.parent)
    (camera,) = observation.cameras
    assert camera.events.good_seconds == pytest.approx(20_000.0)
    assert np.all(np.diff(camera.events.time) >= 0)
    assert float(camera.maps[0].seconds.max()) == pytest.approx(20_000.0)
    assert "2 exposures joined" in " ".join(observation.notes)


def test_the_rate_of_joined_exposures_is_that_of_one(
    write_events: WriteEvents, recipe, tmp_path: Path
) -> None:
    folder = write_events(recipe(instrument="EPN"), name=SCHEDULED).parent
    (folder / "sources.csv").write_text("ra_deg,dec_deg\n150.0,2.0\n")
    rates = []
    for out in ("one", "two"):
        features = run(RunRequest((folder,), tmp_path / out)).manifest["sources"][0]["features"]
        rates.append((features["counts_8"], features["rate_8"]))
        if out == "one":
            second_exposure(write_events, recipe)
    assert rates[1][0] == pytest.approx(2 * rates[0][0], rel=0.1)
    assert rates[1][1] == pytest.approx(rates[0][1], rel=0.1)


def test_a_filtered_copy_of_an_exposure_is_not_counted_twice(write_events: WriteEvents, recipe) -> None:
    raw = write_events(recipe(instrument="EPN"), name=SCHEDULED)
    write_events(recipe(instrument="EPN", bad_patterns=0, cards={"EXPIDSTR": ""}), name="clean.fits")
    observation = load(raw.parent)
    assert observation.cameras[0].events.name == SCHEDULED
    assert observation.cameras[0].events.good_seconds == pytest.approx(10_000.0)


def test_exposures_of_other_filters_are_not_joined(write_events: WriteEvents, recipe) -> None:
    first = write_events(recipe(instrument="EPN"), name=SCHEDULED)
    second_exposure(write_events, recipe, cards={"FILTER": "Thick"})
    observation = load(first.parent)
    assert observation.cameras[0].events.good_seconds == pytest.approx(10_000.0)
    assert any(UNSCHEDULED in note for note in observation.notes)


@pytest.mark.parametrize(
    "cards", [{"DATAMODE": "TIMING"}, {"FILTER": "CalClosed"}, {"INSTRUME": "RGS1"}, {"FILTER": "Closed"}]
)
def test_a_list_without_sky_is_left_out_with_a_reason(
    write_events: WriteEvents, recipe, field_folder: Path, cards: dict[str, object]
) -> None:
    write_events(recipe(cards=cards), name="odd.fits")
    observation = load(field_folder)
    assert any("odd.fits" in note and "leave it out" in note for note in observation.notes)
    assert not observation.failures


def test_the_source_list_of_the_archive_gives_positions(write_events: WriteEvents) -> None:
    folder = write_events().parent
    columns = {"RA": [150.0, 150.05, 150.02], "DEC": [2.0, 2.03, 1.95], "SRC_NUM": [1, 2, 171]}
    write_list(folder, **columns, EP_8_DET_ML=[99.0, 40.0, 3.0], EP_EXTENT=[0.0, 20.0, 0.0])
    observation = load(folder)
    assert [(p.ra_deg, p.number) for p in observation.positions] == [(150.0, 1)]
    assert [e.semi_major_arcsec for e in observation.extended] == [60.0]


def test_a_listed_source_that_no_camera_saw_is_a_note(write_events: WriteEvents, tmp_path: Path) -> None:
    folder = write_events().parent
    write_list(folder, RA=[150.0, 150.26], DEC=[2.0, 2.0], SRC_NUM=[1, 2])
    manifest = run(RunRequest((folder,), tmp_path / "out")).manifest
    assert (len(manifest["sources"]), manifest["failures"]) == (1, [])
    assert any("no camera of 0000000001 looked at" in note for note in manifest["notes"])


def test_of_the_rows_of_emldetect_those_of_all_bands_count(write_events: WriteEvents) -> None:
    folder = write_events().parent
    columns = {"RA": [150.0] * 3, "DEC": [2.0] * 3, "ID_INST": [0, 1, 1], "ID_BAND": [0, 0, 1]}
    write_list(folder, "P0000000001EPX000EMSRLI0000.FTZ", **columns, DET_ML=[90.0, 80.0, 70.0])
    assert len(load(folder).positions) == 1


def test_a_list_of_the_optical_monitor_is_none_of_x_ray_sources(write_events: WriteEvents) -> None:
    folder = write_events().parent
    write_list(folder, "P0000000001OMX000OBSMLI0000.FTZ", RA=[151.0], DEC=[2.0])
    assert take_inventory(folder).of_kind("source_list") == []


def test_a_region_file_goes_before_the_source_list(field_folder: Path) -> None:
    write_list(field_folder, RA=[150.0], DEC=[2.0])
    assert len(load(field_folder).positions) == 2


def test_a_list_for_many_fields_is_used_where_it_belongs(write_events: WriteEvents, recipe, tmp_path) -> None:
    one = write_events().parent
    other = {"OBS_ID": "0000000002", "RA_PNT": 160.0, "REFXCRVL": 160.0}
    two = write_events(recipe(cards=other), folder="0000000002").parent
    table = tmp_path / "list.csv"
    table.write_text("name,ra_deg,dec_deg\na,150.0,2.0\nb,160.0,2.0\nlost,170.0,2.0\n")
    manifest = run(replace(RunRequest((one, two), tmp_path / "out"), sources=table)).manifest
    assert [source["name"] for source in manifest["sources"]] == ["a", "b"]
    assert [(f["where"], f["message"][:4]) for f in manifest["failures"]] == [("list.csv", "lost")]
